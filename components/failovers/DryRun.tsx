'use client'
import { useMutation } from '@tanstack/react-query'
import { formatCount } from '@/model/format'
import { paths } from '@/model/paths'
import type { CellView } from '@/model/schemas/estate'
import type { SwitchoverPreview } from '@/model/schemas/operations'
import { CheckList } from '../approvals/CheckList'
import { CouldApprove } from '../approvals/CouldApprove'
import { BlastRadius } from '../operations/BlastRadius'
import { useTRPC } from '../trpc'
import { Notice } from '../ui/Notice'
import { ChangeTable } from './ChangeTable'
import { PlanLine, useHasExpired } from './PlanLine'
import { RequestForm } from './RequestForm'
import { WaysOut } from './WaysOut'

const chips = ['Planned maintenance', 'Moving load', 'Drill', 'Trouble in this region']

/** What the dry run of a switchover found: what speaks against it first, then what would change, then the request. */
export function DryRun({ cell, preview }: { cell: CellView | null; preview: SwitchoverPreview }) {
  const request = useMutation(useTRPC().switchovers.request.mutationOptions())
  const hasExpired = useHasExpired(preview)
  const failed = preview.checks.filter((check) => check.outcome !== 'passed')
  const { plan, planHash } = preview
  if (!plan || !planHash)
    return (
      <div className="grid gap-4">
        <Notice status="crit">
          No safe plan: {failed.length} of {preview.checks.length} checks did not pass. Nothing was changed.
        </Notice>
        <WaysOut checks={preview.checks} cell={cell} />
        <CheckList checks={preview.checks} />
        <Candidates preview={preview} />
      </div>
    )
  return (
    <div className="grid grid-cols-1 gap-5">
      <PlanLine plan={plan} planHash={planHash} dated={preview} />
      <BlastRadius plan={plan} />
      <ChangeTable plan={plan} />
      <CheckList checks={preview.checks} />
      <CouldApprove kind="planned-switchover" cellId={plan.cell} />
      <RequestForm
        plan={plan}
        planHash={planHash}
        title="4 · Request it"
        act={`Request: fence ${plan.source.region} and move ${formatCount(plan.blastRadius.tenantCount)} tenants`}
        chips={chips}
        whyNot={hasExpired ? 'The dry run is too old: run it again.' : null}
        send={async (order) => paths.approval({ id: (await request.mutateAsync(order)).requestId })}
      />
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
