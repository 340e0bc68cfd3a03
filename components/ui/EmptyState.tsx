import type { ReactNode } from 'react'
import { formatSpan } from '@/model/format'
import type { Status } from '@/model/observations'
import { Button } from './Button'
import { cx } from './cx'
import { StatusGlyph } from './StatusGlyph'

/**
 * Nothing to show has three meanings, and each has its own words: it was never set up (and how to), the filter matches
 * none (and how to clear it), or nothing is wrong (with what was checked).
 */
export type Empty =
  | { kind: 'never'; says: string; how: ReactNode }
  | { kind: 'filtered'; says: string; onClear: () => void }
  | { kind: 'healthy'; says: string }

export function EmptyState({
  empty,
  lastKnown,
}: {
  empty: Empty
  /** Given when nobody can say that it is still so: then it is no good news, and says how old it is. */
  lastKnown?: { ageMs: number | null }
}) {
  return (
    <div
      className={cx('flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-6', lastKnown ? 'text-unknown' : 'text-ink-2')}
    >
      <div className="flex min-w-0 items-center gap-3">
        <span className="shrink-0">
          <StatusGlyph status={lastKnown ? 'unknown' : glyphs[empty.kind]} />
        </span>
        <p>
          {lastKnown && sayLastKnown(lastKnown.ageMs)}
          {empty.says}
        </p>
      </div>
      {empty.kind === 'never' && <p className="text-ink-3">{empty.how}</p>}
      {empty.kind === 'filtered' && (
        <Button size="small" onClick={empty.onClear}>
          Clear filters
        </Button>
      )}
    </div>
  )
}

const glyphs = { never: 'unknown', filtered: 'unknown', healthy: 'ok' } as const satisfies Record<Empty['kind'], Status>

/** "Last known, 23 s ago: ", before what was last said. */
export function sayLastKnown(ageMs: number | null): string {
  return ageMs === null ? 'Last known: ' : `Last known, ${formatSpan(ageMs)} ago: `
}
