'use client'
import { formatCount } from '@/model/format'
import type { CellView } from '@/model/schemas/estate'
import type { FailoverPreview } from '@/model/schemas/failovers'
import { CheckList } from '../approvals/CheckList'
import { BlastRadius } from '../operations/BlastRadius'
import { Button } from '../ui/Button'
import { ForcedPreviewFacts } from './ForcedPreviewFacts'
import { ForcedRequest } from './ForcedRequest'
import { ForcedVerdict } from './ForcedVerdict'
import { OverrideList, type Reasons } from './OverrideList'
import { PlanLine, useHasExpired } from './PlanLine'
import { whyOverridesDiffer } from './prepare-overrides'
import { Section } from './Section'
import { WaysOut } from './WaysOut'

const TOO_OLD = 'The dry run is too old: run it again.'

/**
 * What the dry run of a forced failover found: what speaks against it first, then what is wrong and who says so, what could
 * be lost, how the old primary would be closed, whom it touches; only then the request.
 */
export function ForcedDryRun({
  cell,
  preview,
  reasons,
  onReasons,
  onAgain,
}: {
  cell: CellView
  preview: FailoverPreview
  reasons: Reasons
  onReasons: (reasons: Reasons) => void
  onAgain: () => void
}) {
  const { plan, planHash, checks } = preview
  const hasExpired = useHasExpired(preview)
  const differs = whyOverridesDiffer(checks, reasons)
  const standing = checks.filter((check) => check.outcome !== 'passed')
  const passed = checks.filter((check) => check.outcome === 'passed')
  return (
    <div className="grid grid-cols-1 gap-5">
      {plan && planHash ? <PlanLine plan={plan} planHash={planHash} dated={preview} /> : null}
      <ForcedVerdict preview={preview} />
      <WaysOut checks={checks} cell={cell} />
      {plan && <BlastRadius plan={plan} />}
      <Section title="Checks" note={`${passed.length} of ${checks.length} passed`}>
        {standing.length > 0 && <OverrideList checks={standing} reasons={reasons} onChange={onReasons} />}
        {differs && (
          <div className="flex flex-wrap items-center gap-3">
            <p className="text-sm text-ink-1">{differs}</p>
            <Button onClick={onAgain}>Run it with these overrides</Button>
          </div>
        )}
        <details className="text-sm">
          <summary className="cursor-pointer py-1 text-ink-2 hover:text-ink-1">
            {formatCount(passed.length)} checks that passed
          </summary>
          <div className="mt-2">
            <CheckList checks={passed} />
          </div>
        </details>
      </Section>
      <ForcedPreviewFacts writer={cell.activeMember} preview={preview} />
      {plan && planHash && <ForcedRequest plan={plan} planHash={planHash} whyNot={hasExpired ? TOO_OLD : differs} />}
    </div>
  )
}
