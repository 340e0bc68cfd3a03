'use client'
import Link from 'next/link'
import { useId } from 'react'
import { paths } from '@/model/paths'
import { type DrillPlace, drillKinds } from '@/model/schemas/drills'
import { TimeStamp } from '../shell/TimeStamp'
import { Button, ButtonLink } from '../ui/Button'
import { StatusPill } from '../ui/StatusPill'
import { wordOfRun } from './drill-words'

/** One kind of drill of one cell: when it was last done, when it is next, and the way to do it now. */
export function PlaceRow({
  place,
  whyNotYou,
  onStart,
  onSchedule,
}: {
  place: DrillPlace
  whyNotYou: string | null
  onStart: () => void
  onSchedule: () => void
}) {
  const { cellId, kind, lastRun, schedule, whyNot } = place
  const whyId = useId()
  const name = `${drillKinds[kind].toLowerCase()} of ${cellId}`
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <span className="min-w-0 flex-1 basis-72">
        <span className="block font-medium text-ink-1">
          <span className="font-mono">{cellId}</span> · {drillKinds[kind]}
        </span>
        <span className="text-sm text-ink-2">
          {schedule ? (
            <>
              Every {schedule.everyDays} {schedule.everyDays === 1 ? 'day' : 'days'}
              {!whyNot && (
                <>
                  , {schedule.isDue ? 'due' : 'next'} <TimeStamp at={schedule.nextAt} form="ago" />
                </>
              )}{' '}
              · {schedule.placedBy.name}
            </>
          ) : (
            'Not scheduled'
          )}
        </span>
        {whyNot && (
          <span id={whyId} className="block text-sm text-ink-1">
            It cannot run: {whyNot}
          </span>
        )}
      </span>
      {lastRun ? (
        <Link
          href={paths.drill({ id: lastRun.id })}
          prefetch={false}
          className="inline-flex min-h-6 items-center gap-2 text-sm hover:underline"
        >
          <StatusPill {...wordOfRun(lastRun)} /> {lastRun.code}, <TimeStamp at={lastRun.startedAt} form="ago" />
        </Link>
      ) : (
        <StatusPill status="warn" word="Never drilled" />
      )}
      <span className="flex flex-wrap gap-2">
        <Button
          aria-label={`Schedule ${name}`}
          disabledReason={whyNotYou ?? (schedule ? null : whyNot)}
          {...(!whyNotYou && whyNot && { reasonShownAt: whyId })}
          onClick={onSchedule}
        >
          Schedule…
        </Button>
        {kind === 'drill-clone' ? (
          <Button tone="primary" aria-label={`Run ${name}`} disabledReason={whyNotYou} onClick={onStart}>
            Run now
          </Button>
        ) : whyNot ? (
          <Button aria-label={`Ask for a ${name}`} disabledReason={whyNot} reasonShownAt={whyId}>
            Ask for it
          </Button>
        ) : (
          <ButtonLink aria-label={`Ask for a ${name}`} href={paths.newDrill({ cell: cellId })}>
            Ask for it
          </ButtonLink>
        )}
      </span>
    </li>
  )
}
