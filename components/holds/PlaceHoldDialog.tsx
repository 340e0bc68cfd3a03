'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type HoldKind, type HoldLevel, holdKinds, holdLevels } from '@/model/hold-kinds'
import { whyNotReason } from '@/model/reason'
import { ConfirmDialog } from '../shell/ConfirmDialog'
import { useNow } from '../shell/clock'
import { useTRPC } from '../trpc'
import { SelectField, TextField } from '../ui/Field'
import { ReasonField } from '../ui/ReasonField'

const durations = { '': 'Until it is released', '60': '1 hour', '240': '4 hours', '1440': '1 day' } as const
const MINUTE_MS = 60_000

export function PlaceHoldDialog({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const nowMs = useNow()
  const cells = useQuery(trpc.cells.list.queryOptions())
  const place = useMutation(trpc.holds.place.mutationOptions())
  const [kind, setKind] = useState<HoldKind>('incident')
  const [level, setLevel] = useState<HoldLevel>('cell')
  const [subject, setSubject] = useState('')
  const [minutes, setMinutes] = useState<keyof typeof durations>('')
  const [reason, setReason] = useState('')
  const missing = subject.trim() === '' ? 'Say what is held.' : whyNotReason(reason)
  const choices = {
    cell: (cells.data ?? []).map(({ id }) => id),
    region: [...new Set((cells.data ?? []).flatMap(({ members }) => members.map(({ region }) => region)))].sort(),
    tenant: null,
  }[level]
  const commit = async () => {
    const endsAt = minutes && new Date(nowMs + Number(minutes) * MINUTE_MS).toISOString()
    await place.mutateAsync({ kind, level, subject: subject.trim(), reason: reason.trim(), ...(endsAt && { endsAt }) })
    await cache.invalidateQueries(trpc.holds.pathFilter())
  }
  const onLevel = (next: HoldLevel) => {
    setLevel(next)
    setSubject('')
  }
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title="Place a hold"
      verb={`Hold ${level}${subject.trim() && ` ${subject.trim()}`}`}
      disabledReason={missing}
      commit={commit}
    >
      <p>Nobody can ask for an operation there, or start one; only a forced failover may override it, by name.</p>
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField label="Because of" value={kind} onChange={(event) => setKind(event.target.value as HoldKind)}>
          {Object.entries(holdKinds).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </SelectField>
        <SelectField label="What is held" value={level} onChange={(event) => onLevel(event.target.value as HoldLevel)}>
          {Object.entries(holdLevels).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </SelectField>
        {choices ? (
          <SelectField label={holdLevels[level]} value={subject} onChange={(event) => setSubject(event.target.value)}>
            <option value="">Choose one</option>
            {choices.map((choice) => (
              <option key={choice} value={choice}>
                {choice}
              </option>
            ))}
          </SelectField>
        ) : (
          <TextField
            label="Tenant"
            hint="The tenant’s id."
            autoComplete="off"
            spellCheck={false}
            value={subject}
            onChange={(event) => setSubject(event.target.value)}
          />
        )}
        <SelectField
          label="For how long"
          value={minutes}
          onChange={(event) => setMinutes(event.target.value as keyof typeof durations)}
        >
          {Object.entries(durations).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </SelectField>
      </div>
      <ReasonField
        chips={['Incident declared', 'Planned maintenance', 'Audit under way']}
        value={reason}
        onChange={setReason}
      />
    </ConfirmDialog>
  )
}
