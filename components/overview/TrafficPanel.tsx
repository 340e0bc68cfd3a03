'use client'
import type { Overview } from '@/model/schemas/estate'
import { Panel, type PanelQuery } from '../shell/Panel'
import { Figure } from '../ui/Facts'
import { formatShort } from '../ui/format'
import { Skeleton } from '../ui/Skeleton'

/** What the application counted: answers it got from the cells. Refused is the gate at work; failed is not. */
export function TrafficPanel({ query }: { query: PanelQuery<Overview> }) {
  return (
    <Panel
      title="Writes, as the application counted"
      note="Over the last whole minute"
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
            <Figure name="Acknowledged" value={formatShort(traffic.acknowledgedPerSecond)} unit="/s" />
            <Figure name="Refused" value={formatShort(traffic.refusedPerSecond)} unit="/s" />
            <Figure name="Failed" value={formatShort(traffic.failedPerSecond)} unit="/s" />
            <Refusals byCode={traffic.refusedByCode} />
          </div>
        )
      }
    </Panel>
  )
}

function Refusals({ byCode }: { byCode: Record<string, number> }) {
  const codes = Object.entries(byCode).sort(([, a], [, b]) => b - a)
  return (
    <div className="min-w-0">
      <p className="text-xs text-ink-3">Refused by code</p>
      {codes.length === 0 && <p className="text-ink-2">none</p>}
      <ul>
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
