'use client'
import { useQuery } from '@tanstack/react-query'
import { formatMs, formatRatio } from '@/model/format'
import type { LinkHistory } from '@/model/schemas/estate'
import { TimeSeries } from '../charts/TimeSeries'
import { linkStatus } from '../map/prepare-map'
import { useNow } from '../shell/clock'
import { Panel } from '../shell/Panel'
import { statusAt } from '../shell/status-now'
import { useTRPC } from '../trpc'
import { Facts } from '../ui/Facts'
import { LinkSaysWhole } from '../ui/ProbeSays'
import { Sheet } from '../ui/Sheet'
import { Skeleton } from '../ui/Skeleton'
import { StatusPill } from '../ui/StatusPill'
import { ROUND_TRIP } from './MatrixLegend'
import { sayFailures } from './say-failures'

const DAY_MS = 86_400_000

/** One link over the last day, each way round from its own vantage. */
export function LinkDrawer({ link, onClose }: { link: { from: string; to: string } | null; onClose: () => void }) {
  return (
    <Sheet isOpen={link !== null} onClose={onClose} title={link ? `${link.from} ⇄ ${link.to}` : ''}>
      {link && (
        <div className="grid gap-4">
          <p className="text-sm text-ink-2">{ROUND_TRIP}</p>
          <Direction from={link.from} to={link.to} />
          <Direction from={link.to} to={link.from} />
        </div>
      )}
    </Sheet>
  )
}

function Direction({ from, to }: { from: string; to: string }) {
  const history = useQuery(useTRPC().network.link.queryOptions({ from, to, windowMs: DAY_MS }))
  return (
    <Panel
      title={`${from} → ${to}`}
      query={history}
      seen={({ link }) => link.seen}
      skeleton={<Skeleton className="h-72 w-full" />}
      empty={({ link }) =>
        link.state === 'probe-missing'
          ? {
              kind: 'never',
              says: `Nobody probes ${to} from ${from}.`,
              how: 'A probe starts when a worker runs in that region.',
            }
          : null
      }
    >
      {(answer) => <DirectionContent history={answer} />}
    </Panel>
  )
}

function DirectionContent({ history: { link, p50, p99, failures } }: { history: LinkHistory }) {
  const nowMs = useNow()
  const hasFailed = failures.some(({ value }) => value !== null && value > 0)
  const window = { fromMs: nowMs - DAY_MS, toMs: nowMs }
  return (
    <div className="grid gap-4">
      <Facts
        facts={[
          [
            'State',
            <StatusPill
              key="state"
              status={statusAt(linkStatus(link), link.seen, nowMs)}
              word={linkStatus(link) === 'warn' ? 'Slow' : stateWords[link.state]}
            />,
          ],
          ['Budget', link.budgetMs === null ? 'none set' : formatMs(link.budgetMs)],
          ['p50 / p95 / p99', [link.latency.p50Ms, link.latency.p95Ms, link.latency.p99Ms].map(orUnknown).join(' / ')],
          ['p50 against budget', link.ratio === null ? 'unknown' : formatRatio(link.ratio)],
          ['Replicates', link.replicates.join(', ') || 'nothing'],
          ['Failed probes, 24 h', sayFailures(failures)],
          ...(link.detail ? ([['Says', <LinkSaysWhole key="says" raw={link.detail} />]] as const) : []),
        ]}
      />
      <TimeSeries
        title="How slow was it?"
        series={[
          { id: 'p50', label: 'p50', points: p50 },
          { id: 'p99', label: 'p99', points: p99 },
        ]}
        window={window}
        format={formatMs}
        unit="ms"
        threshold={link.budgetMs === null ? null : { value: link.budgetMs, name: 'Budget' }}
        csvName={`latency-${link.from}-${link.to}`}
        syncId="link"
      />
      {hasFailed && (
        <TimeSeries
          title="When did probes fail?"
          series={[{ id: 'failures', label: 'failed probes', points: failures }]}
          window={window}
          format={(count) => String(Math.round(count))}
          unit="probes"
          heightPx={96}
          csvName={`failures-${link.from}-${link.to}`}
          syncId="link"
        />
      )}
    </div>
  )
}

function orUnknown(latencyMs: number | null): string {
  return latencyMs === null ? 'unknown' : formatMs(latencyMs)
}

const stateWords = {
  up: 'Up',
  down: 'Down',
  'probe-missing': 'No probe',
  'not-established': 'Not established yet',
} as const
