'use client'
import { useState } from 'react'
import type { CellView } from '@/model/schemas/estate'
import { useWhyNot } from '../shell/use-permission'
import { Button } from '../ui/Button'
import { StatusGlyph } from '../ui/StatusGlyph'
import { ForcedSection } from './ForcedSection'

/** Apart from everything else, and closed until somebody opens it: the way for when no second person can be had. */
export function BreakGlassPanel({ cell, target }: { cell: CellView; target: string | null }) {
  const [isOpen, setOpen] = useState(false)
  const whyNotYou = useWhyNot('operation:break-glass')
  return (
    <section
      aria-labelledby="break-glass-title"
      className="mt-8 grid gap-3 rounded-md border-2 border-dashed border-crit/60 p-4"
    >
      <h2 id="break-glass-title" className="flex items-center gap-2 text-sm font-semibold text-crit">
        <StatusGlyph status="crit" size={12} />
        Break-glass: a forced failover without approval
      </h2>
      <ul className="grid list-disc gap-1 pl-5 text-sm text-ink-2">
        <li>It skips the two approvers. It never skips the fence, and never the audit trail.</li>
        <li>It starts at once. What no worker has begun within 30 minutes does not begin.</li>
        <li>Everybody is told, with your name and your reason. Another person has to review it afterwards.</li>
      </ul>
      {!isOpen && (
        <div>
          <Button disabledReason={whyNotYou} onClick={() => setOpen(true)}>
            Open break-glass
          </Button>
        </div>
      )}
      {isOpen && <ForcedSection cell={cell} target={target} whyNotYou={whyNotYou} isBreakGlass />}
    </section>
  )
}
