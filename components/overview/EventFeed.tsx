'use client'
import Link from 'next/link'
import { useState } from 'react'
import { paths } from '@/model/paths'
import type { EventLine } from '@/model/schemas/estate'
import { ChangePill } from '../shell/PauseToggle'
import { TimeStamp } from '../shell/TimeStamp'
import { Button } from '../ui/Button'

const EVENTS_FIRST = 8

/** What happened, newest first. New lines wait behind a pill, so that nothing moves while somebody reads. */
export function EventFeed({ events }: { events: readonly EventLine[] }) {
  const [shownIds, setShownIds] = useState<ReadonlySet<string>>(() => new Set(events.map((event) => event.id)))
  const [isWhole, setWhole] = useState(false)
  const shown = events.filter((event) => shownIds.has(event.id))
  const newCount = events.filter((event) => !shownIds.has(event.id)).length
  return (
    <div>
      {newCount > 0 && (
        <div className="flex justify-center border-b border-hairline py-2">
          <ChangePill
            count={newCount}
            noun="event"
            onShow={() => setShownIds(new Set(events.map((event) => event.id)))}
          />
        </div>
      )}
      <ol className="divide-y divide-hairline">
        {shown.slice(0, isWhole ? undefined : EVENTS_FIRST).map((event) => (
          <EventRow key={event.id} event={event} />
        ))}
      </ol>
      {!isWhole && shown.length > EVENTS_FIRST && (
        <div className="border-t border-hairline px-2 py-1.5">
          <Button size="small" tone="ghost" onClick={() => setWhole(true)}>
            Show {shown.length - EVENTS_FIRST} more
          </Button>
        </div>
      )}
    </div>
  )
}

function EventRow({ event }: { event: EventLine }) {
  return (
    <li className="grid gap-x-4 px-4 py-1.5 md:grid-cols-[10.5rem_minmax(0,1fr)_auto] md:items-baseline">
      <span className="text-xs text-ink-3">
        <TimeStamp at={event.at} form="clock" /> · <TimeStamp at={event.at} form="ago" />
      </span>
      <span className="text-sm text-ink-1">{event.says}</span>
      <span className="flex flex-wrap items-center gap-x-2 text-xs text-ink-3">
        {event.actor}
        {event.scope && <code className="font-mono text-ink-2">{event.scope}</code>}
        {event.correlationId && (
          <Link
            href={paths.audit({ correlation: event.correlationId })}
            prefetch={false}
            className="link inline-flex min-h-6 items-center"
          >
            causality
          </Link>
        )}
      </span>
    </li>
  )
}
