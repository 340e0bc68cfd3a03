'use client'
import { formatMs } from '@/model/format'
import type { Lag, Replication } from '@/model/schemas/estate'
import { niceMax } from '../charts/prepare-sparkline'
import { Sparkline } from '../charts/Sparkline'
import { useNow } from '../shell/clock'
import { LastKnown } from '../shell/LastKnown'
import { statusAt, worstFirst } from '../shell/status-now'
import { useFrozenRows } from '../table/use-frozen-rows'
import { StatusGlyph } from '../ui/StatusGlyph'
import { lagSentence } from './lag-words'

/** One small chart for each standby; all share the time axis and the scale, so that heights may be compared. */
export function LagGrid({ replication }: { replication: Replication }) {
  const nowMs = useNow()
  const sorted = [...replication.lags].sort((a, b) => worstFirst(a.status, b.status))
  const { frozen, freezeProps } = useFrozenRows(sorted, (lag) => lag.targetMember)
  const seriesOf = new Map(replication.series.map((series) => [series.targetMember, series.heartbeatAgeMs]))
  const valueMax = niceMax([...seriesOf.values()].flat(), null)
  const window = { fromMs: Date.parse(replication.asOf) - replication.windowMs, toMs: Date.parse(replication.asOf) }
  return (
    <ul
      {...freezeProps}
      className="grid grid-cols-[repeat(auto-fit,minmax(12rem,1fr))] gap-px overflow-hidden rounded-b-md"
    >
      {frozen.map((lag) => (
        <li
          key={lag.targetMember}
          className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2 px-4 py-3 outline-1 outline-hairline"
        >
          <LagHead lag={lag} nowMs={nowMs} />
          <Sparkline
            name={`Lag of ${lag.targetMember}`}
            points={seriesOf.get(lag.targetMember) ?? []}
            window={window}
            format={formatMs}
            threshold={{ value: lag.lagMsMax, name: 'Limit' }}
            valueMax={valueMax}
          />
          <p className="flex justify-between gap-2 text-xs text-ink-3">
            <span>0 to {formatMs(valueMax)}</span>
            <span>limit {formatMs(lag.lagMsMax)}</span>
          </p>
        </li>
      ))}
    </ul>
  )
}

function LagHead({ lag, nowMs }: { lag: Lag; nowMs: number }) {
  const status = statusAt(lag.status, lag.seen, nowMs)
  return (
    <div>
      <p className="flex flex-wrap items-center justify-between gap-x-2">
        <span className="flex items-center gap-1.5 font-mono text-sm whitespace-nowrap text-ink-1">
          <StatusGlyph status={status} size={10} />
          {lag.targetMember}
        </span>
        <span className="font-medium text-ink-1">
          <LastKnown value={lag.heartbeatAgeMs === null ? null : formatMs(lag.heartbeatAgeMs)} seen={lag.seen} />
        </span>
      </p>
      <p className="text-xs text-ink-3">{lagSentence(lag)}</p>
    </div>
  )
}
