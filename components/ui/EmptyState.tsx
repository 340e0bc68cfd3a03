import type { ReactNode } from 'react'
import type { Status } from '@/model/observations'
import { Button } from './Button'
import { StatusGlyph } from './StatusGlyph'

/**
 * Nothing to show has three meanings, and each has its own words: it was never set up (and how to), the filter matches
 * none (and how to clear it), or nothing is wrong (with what was checked).
 */
export type Empty =
  | { kind: 'never'; says: string; how: ReactNode }
  | { kind: 'filtered'; says: string; onClear: () => void }
  | { kind: 'healthy'; says: string }

export function EmptyState({ empty }: { empty: Empty }) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-6 text-ink-2">
      <StatusGlyph status={glyphs[empty.kind]} />
      <p>{empty.says}</p>
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
