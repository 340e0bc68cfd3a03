import { useId } from 'react'
import { paths } from '@/model/paths'
import type { CellView } from '@/model/schemas/estate'
import type { CellReadiness } from '@/model/schemas/readiness'
import { linkedVerbs, verbs } from '../failovers/prepare-verbs'
import { Button, ButtonLink } from '../ui/Button'
import { whyNotMove } from './why-not-move'

const forThumbs = 'max-md:h-11'

/** What can be done with one cell. A planned move that cannot be had now is closed, and says why once for both. */
export function CellActions({ readiness, cell }: { readiness: CellReadiness; cell: CellView | null }) {
  const reasonId = useId()
  const { cellId } = readiness
  const whyNot = whyNotMove(readiness, cell)
  return (
    <nav aria-label={`Act on ${cellId}`} className="ml-auto grid gap-1 max-md:w-full md:justify-items-end">
      <div className="flex flex-wrap gap-2 max-md:grid max-md:grid-cols-2">
        {linkedVerbs.map((verb) =>
          whyNot ? (
            <Button key={verb} size="small" className={forThumbs} disabledReason={whyNot} reasonShownAt={reasonId}>
              {verbs[verb].short}
            </Button>
          ) : (
            <ButtonLink key={verb} size="small" className={forThumbs} href={paths.newFailover({ cell: cellId, verb })}>
              {verbs[verb].short}
            </ButtonLink>
          ),
        )}
        {/* The form offers a forced one; no link chooses it. */}
        <ButtonLink size="small" className={forThumbs} href={paths.newFailover({ cell: cellId })}>
          {verbs.forced.short}…
        </ButtonLink>
        <ButtonLink size="small" className={forThumbs} href={paths.drills({ cell: cellId })}>
          Drill
        </ButtonLink>
      </div>
      {whyNot && (
        <p id={reasonId} className="max-w-prose text-xs text-ink-3">
          No planned move: {whyNot}
        </p>
      )}
    </nav>
  )
}
