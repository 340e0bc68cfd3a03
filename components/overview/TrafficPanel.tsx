'use client'
import { formatShort, formatSpan } from '@/model/format'
import type { Seen } from '@/model/schemas/common'
import type { Overview } from '@/model/schemas/estate'
import { useFreshness } from '../shell/clock'
import { LastKnown } from '../shell/LastKnown'
import { Panel, type PanelQuery } from '../shell/Panel'
import { Figure } from '../ui/Facts'
import { Skeleton } from '../ui/Skeleton'

const WINDOW_S = 60

/** What the application counted: answers it got from the cells. Refused is the gate at work; failed is not. */
export function TrafficPanel({ query }: { query: PanelQuery<Overview> }) {
  return (
    <Panel
      title="Writes, as the application counted"
      note={`Over the last ${formatSpan((query.data?.traffic?.seconds ?? WINDOW_S) * 1_000)} that it reported`}
      query={query}
      seen={({ traffic }) => traffic?.seen ?? null}
      skeleton={<Skeleton className="h-12 w-full" />}
      empty={({ traffic }) =>
        traffic === null
          ? {
              kind: 'never',
              says: 'No application reports its writes.',
              how: 'Embed the router client and let it report.',
            }
          : null
      }
    >
      {({ traffic }) =>
        traffic && (
          <div className="grid grid-cols-2 gap-4 md:grid-cols-4">
            <Figure name="Acknowledged" value={<Rate of={traffic.acknowledgedPerSecond} seen={traffic.seen} />} />
            <Figure name="Refused" value={<Rate of={traffic.refusedPerSecond} seen={traffic.seen} />} />
            <Figure name="Failed" value={<Rate of={traffic.failedPerSecond} seen={traffic.seen} />} />
            <Refusals byCode={traffic.refusedByCode} seen={traffic.seen} />
          </div>
        )
      }
    </Panel>
  )
}

function Rate({ of: perSecond, seen }: { of: number; seen: Seen }) {
  const face = (
    <>
      {formatShort(perSecond)}
      <span className="ml-1 text-sm font-normal text-ink-3">/s</span>
    </>
  )
  return <LastKnown value={face} seen={seen} />
}

function Refusals({ byCode, seen }: { byCode: Record<string, number>; seen: Seen }) {
  const isFresh = useFreshness(seen) === 'fresh'
  const codes = Object.entries(byCode).sort(([, a], [, b]) => b - a)
  return (
    <div className="min-w-0">
      <p className="text-xs text-ink-3">Refused by code</p>
      {codes.length === 0 && <p className={isFresh ? 'text-ink-2' : 'text-unknown'}>none</p>}
      <ul className={isFresh ? undefined : 'text-unknown'}>
        {codes.map(([code, perSecond]) => (
          <li key={code} className="flex justify-between gap-2 text-sm">
            <code className="truncate font-mono text-xs leading-5">{code}</code>
            <span className="whitespace-nowrap">{formatShort(perSecond)} /s</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
