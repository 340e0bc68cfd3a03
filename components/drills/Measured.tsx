import { formatMs } from '@/model/format'

/** A measured time beside what was promised. Missing data is not a zero. */
export function Measured({ ms, objectiveMs }: { ms: number | null; objectiveMs: number }) {
  if (ms === null) return <span className="text-unknown">not measured</span>
  return (
    <span className="whitespace-nowrap">
      {formatMs(ms)}{' '}
      <span className={ms > objectiveMs ? 'font-medium text-crit' : 'text-ink-3'}>of {formatMs(objectiveMs)}</span>
    </span>
  )
}
