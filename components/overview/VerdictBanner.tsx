'use client'
import { paths } from '@/model/paths'
import type { Overview } from '@/model/schemas/estate'
import { ageOf, useNow } from '../shell/clock'
import { FreshnessBadge, seenAt } from '../shell/FreshnessBadge'
import { connectionOf, useLiveState } from '../shell/live-state'
import { heardStatus, worstFirst } from '../shell/status-now'
import { TimeStamp } from '../shell/TimeStamp'
import { ButtonLink } from '../ui/Button'
import { cx } from '../ui/cx'
import { sayLastKnown } from '../ui/EmptyState'
import { StatusGlyph } from '../ui/StatusGlyph'

/** One sentence: how many regions are healthy, what is wrong, since when. One that is old, or that no news can correct, says so and is not green. */
export function VerdictBanner({ overview }: { overview: Overview }) {
  const live = useLiveState()
  const nowMs = useNow()
  const seen = seenAt(overview.asOf, overview.servedFrom)
  const { freshness, ageMs } = ageOf(seen, nowMs)
  const status = heardStatus(overview.verdict.status, freshness, live)
  const isOld = connectionOf(live) === 'lost' || status !== overview.verdict.status
  const worst = [...overview.regions].sort((a, b) => worstFirst(a.status, b.status))[0]
  return (
    <section
      aria-label="Verdict"
      className={cx('flex flex-wrap items-center gap-x-4 gap-y-2 rounded-md border px-4 py-3', frames[status])}
    >
      <StatusGlyph status={status} size={18} />
      <div className="min-w-0 flex-1 basis-72">
        <p className="text-lg font-semibold text-ink-1">
          {isOld && sayLastKnown(ageMs)}
          <Sentences verdict={overview.verdict} />
        </p>
        <p className="flex flex-wrap gap-x-3 text-sm text-ink-2">
          {overview.verdict.since && (
            <span>
              since <TimeStamp at={overview.verdict.since} />
            </span>
          )}
          <FreshnessBadge seen={seen} />
        </p>
      </div>
      {worst && status !== 'ok' && worst.status !== 'ok' && (
        <ButtonLink href={paths.region({ region: worst.code })}>Open {worst.code}</ButtonLink>
      )}
    </section>
  )
}

/** What the sentence only counts is told further down this page. */
function Sentences({ verdict: { troubles, untold, summary } }: Pick<Overview, 'verdict'>) {
  return (
    <>
      {troubles.map((says) => `${says} `)}
      {untold && (
        <>
          <a href={`#${untold.kind}s`} className="link">
            {untold.count} more
          </a>
          {'. '}
        </>
      )}
      {summary}
    </>
  )
}

const frames = {
  ok: 'border-hairline bg-surface-1',
  warn: 'border-warn/40 bg-warn/8',
  crit: 'border-crit/50 bg-crit/8',
  active: 'border-active/40 bg-active/8',
  unknown: 'border-dashed border-unknown/60',
}
