'use client'
import { Clock } from 'lucide-react'
import { formatSpan, formatUtc } from '@/model/format'
import type { Freshness } from '@/model/observations'
import type { Seen } from '@/model/schemas/common'
import { cx } from '../ui/cx'
import { StatusGlyph } from '../ui/StatusGlyph'
import { ageOf, useNow } from './clock'
import { useLiveState } from './live-state'

/** How old a value is and from where it was seen: text and shape, judged each second against the server's clock. */
export function FreshnessBadge({
  seen,
  vantages,
  isWrapping,
}: {
  seen: Seen
  /** In place of the vantage: "5/7 vantages". */
  vantages?: string
  isWrapping?: boolean
}) {
  const nowMs = useNow()
  const { isPaused } = useLiveState()
  const { freshness, ageMs, observedAtMs } = ageOf(seen, nowMs)
  const from = vantages ?? (seen.vantage ? `from ${seen.vantage}` : null)
  const words = {
    fresh: () => `${formatSpan(ageMs!)} ago`,
    stale: () => `stale ${formatSpan(ageMs!)}`,
    'last-known': () => `last seen ${formatUtc(observedAtMs!, nowMs)}`,
    unknown: () => 'never seen',
  } as const satisfies Record<Freshness, () => string>
  return (
    <span
      data-freshness={freshness}
      title={observedAtMs === null ? undefined : `Observed ${new Date(observedAtMs).toISOString()}`}
      className={cx(
        'inline-flex items-center gap-1 text-xs',
        !isWrapping && 'whitespace-nowrap',
        freshness === 'fresh' ? 'text-ink-3' : 'text-unknown',
      )}
    >
      {freshness === 'stale' && <Clock aria-hidden size={11} />}
      {(freshness === 'last-known' || freshness === 'unknown') && <StatusGlyph status="unknown" size={10} />}
      <span>
        {words[freshness]()}
        {from && ` · ${from}`}
        {isPaused && ' · paused'}
      </span>
    </span>
  )
}

/** The badge of many values at once: the oldest of them speaks, because a panel is as fresh as its oldest number. */
export function oldestOf(seens: readonly Seen[]): Seen {
  const first = seens[0] ?? { observedAt: null, vantage: null, intervalMs: 0 }
  return seens.reduce((oldest, seen) => (instantOf(seen) < instantOf(oldest) ? seen : oldest), first)
}

function instantOf(seen: Seen): number {
  return seen.observedAt === null ? Number.NEGATIVE_INFINITY : Date.parse(seen.observedAt)
}

/** For values that are computed at once for everything, such as a page's `asOf`. */
export function seenAt(asOf: string, vantage: string | null, intervalMs = 10_000): Seen {
  return { observedAt: asOf, vantage, intervalMs }
}
