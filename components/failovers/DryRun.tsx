'use client'
import type { CellView } from '@/model/schemas/estate'
import type { SwitchoverPreview } from '@/model/schemas/operations'
import { CheckList } from '../approvals/CheckList'
import { BlastRadius } from '../operations/BlastRadius'
import { useNow } from '../shell/clock'
import { TimeStamp } from '../shell/TimeStamp'
import { CopyText } from '../ui/CopyText'
import { formatSpan, shortHash } from '../ui/format'
import { Notice } from '../ui/Notice'
import { ChangeTable } from './ChangeTable'
import { RequestForm } from './RequestForm'

/** What the dry run found: what speaks against it first, then what would change, then the request. */
export function DryRun({ cell, preview }: { cell: CellView; preview: SwitchoverPreview }) {
  const nowMs = useNow()
  const leftMs = Date.parse(preview.validUntil) - nowMs
  const failed = preview.checks.filter((check) => check.outcome !== 'passed')
  const { plan, planHash } = preview
  if (!plan || !planHash)
    return (
      <div className="grid gap-4">
        <Notice status="crit">
          No safe plan: {failed.length} of {preview.checks.length} checks did not pass. Nothing was changed.
        </Notice>
        <CheckList checks={preview.checks} />
        <Candidates preview={preview} />
      </div>
    )
  const hasExpired = leftMs <= 0
  return (
    <div className="grid gap-5">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-2">
        <CopyText text={planHash} shown={`plan ${shortHash(planHash)}`} label="Copy the plan hash" />
        <span>
          made <TimeStamp at={preview.previewedAt} form="ago" />, epoch {plan.epoch.from}
        </span>
        <span className={hasExpired ? 'font-medium text-crit' : undefined}>
          {hasExpired ? 'too old: run it again' : `good for ${formatSpan(leftMs)}`}
        </span>
      </p>
      <BlastRadius plan={plan} />
      <ChangeTable plan={plan} />
      <CheckList checks={preview.checks} />
      <RequestForm cell={cell} plan={plan} planHash={planHash} hasExpired={hasExpired} />
    </div>
  )
}

function Candidates({ preview }: { preview: SwitchoverPreview }) {
  return (
    <ul className="grid gap-1 text-sm text-ink-2">
      {preview.candidates.map((candidate) => (
        <li key={candidate.member}>
          <span className="font-mono text-ink-1">{candidate.member}</span> in {candidate.region}: {candidate.says}
        </li>
      ))}
    </ul>
  )
}
