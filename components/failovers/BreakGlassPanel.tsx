'use client'
import { paths } from '@/model/paths'
import { useWhyNot } from '../shell/use-permission'
import { Button, ButtonLink } from '../ui/Button'
import { StatusGlyph } from '../ui/StatusGlyph'

/** Apart from everything else, and on a page of its own: the way for when no second person can be had. */
export function BreakGlassPanel({ cellId }: { cellId: string }) {
  const whyNotYou = useWhyNot('operation:break-glass')
  return (
    <section
      aria-labelledby="break-glass-title"
      className="mt-8 grid gap-3 rounded-md border-2 border-dashed border-crit/60 p-4"
    >
      <h2 id="break-glass-title" className="flex items-center gap-2 text-sm font-semibold text-crit">
        <StatusGlyph status="crit" size={12} />
        When nobody else can be reached: break-glass
      </h2>
      <p className="max-w-prose text-sm text-ink-2">
        A forced failover without the two approvers, by a dry run and a form of its own. It never skips the fence and
        never the audit trail; everybody is told, and another person has to review it.
      </p>
      <div>
        {whyNotYou ? (
          <Button disabledReason={whyNotYou}>Go to break-glass</Button>
        ) : (
          <ButtonLink href={paths.breakGlass({ cell: cellId })}>Go to break-glass</ButtonLink>
        )}
      </div>
    </section>
  )
}
