'use client'
import { formatSpan } from '@/model/format'
import { useNow } from '../shell/clock'
import { TimeStamp } from '../shell/TimeStamp'
import { cx } from '../ui/cx'

const WARN_BELOW_MS = 2 * 60_000

/** "Expires 03:24:00Z · 8 m 12 s left", by the server's clock. */
export function Countdown({ until }: { until: string }) {
  const nowMs = useNow()
  const leftMs = Date.parse(until) - nowMs
  if (leftMs <= 0) return <span className="font-medium text-crit">Expired</span>
  return (
    <span className={cx('whitespace-nowrap', leftMs < WARN_BELOW_MS ? 'font-medium text-warn' : 'text-ink-2')}>
      Expires <TimeStamp at={until} form="clock" /> · {formatSpan(leftMs)} left
    </span>
  )
}
