'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type DrillPlace, drillKinds } from '@/model/schemas/drills'
import { ConfirmDialog } from '../shell/ConfirmDialog'
import { useTRPC } from '../trpc'
import { SelectField } from '../ui/Field'

const NEVER = 'never'
const periods = {
  '1': 'Every day',
  '7': 'Every week',
  '30': 'Every 30 days',
  '90': 'Every 90 days',
  '180': 'Every 180 days',
}

export function ScheduleDialog({ place, onClose }: { place: DrillPlace; onClose: () => void }) {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const schedule = useMutation(trpc.drills.schedule.mutationOptions())
  const end = useMutation(trpc.drills.endSchedule.mutationOptions())
  const { cellId, kind, whyNot } = place
  const suggested = kind === 'drill-clone' ? '7' : '90'
  const [days, setDays] = useState<string>(whyNot ? NEVER : String(place.schedule?.everyDays ?? suggested))
  // What can never run may only be ended.
  const offered: Record<string, string> = whyNot
    ? {}
    : { ...periods, ...(days in periods || days === NEVER ? {} : { [days]: `Every ${days} days` }) }
  const isEnding = days === NEVER
  const commit = async () => {
    if (isEnding && place.schedule) await end.mutateAsync({ id: place.schedule.id })
    if (!isEnding) await schedule.mutateAsync({ cellId, kind, everyDays: Number(days) })
    await cache.invalidateQueries(trpc.drills.pathFilter())
  }
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Schedule: ${drillKinds[kind].toLowerCase()}, ${cellId}`}
      verb={isEnding ? 'End the schedule' : 'Schedule it'}
      disabledReason={null}
      commit={commit}
    >
      <p>
        {kind === 'drill-clone'
          ? 'The first run starts within a minute, and each of them by itself: it touches nothing live.'
          : 'When it is due, people are told. It never starts by itself: somebody asks for it, and another person approves.'}
      </p>
      {whyNot && <p>It cannot run: {whyNot}</p>}
      <SelectField label="How often" value={days} onChange={(event) => setDays(event.target.value)}>
        {Object.entries(offered).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
        {place.schedule && <option value={NEVER}>Never: end the schedule</option>}
      </SelectField>
    </ConfirmDialog>
  )
}
