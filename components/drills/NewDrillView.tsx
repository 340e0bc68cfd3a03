'use client'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { parseAsString, useQueryState } from 'nuqs'
import { paths } from '@/model/paths'
import type { DrillPreview } from '@/model/schemas/drills'
import { CheckList } from '../approvals/CheckList'
import { CouldApprove } from '../approvals/CouldApprove'
import { ChangeTable } from '../failovers/ChangeTable'
import { PlanLine, useHasExpired } from '../failovers/PlanLine'
import { RequestForm } from '../failovers/RequestForm'
import { BlastRadius } from '../operations/BlastRadius'
import { FailureCard } from '../shell/FailureCard'
import { Page, PageHeader } from '../shell/PageHeader'
import { PanelFrame } from '../shell/Panel'
import { useWhyNot } from '../shell/use-permission'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { SelectField } from '../ui/Field'
import { Notice } from '../ui/Notice'

/** Asks for a drill on the live cell: a fresh dry run first, then the request. Nothing here moves anything. */
export function NewDrillView() {
  const trpc = useTRPC()
  const { data: cells } = useSuspenseQuery(trpc.cells.list.queryOptions())
  const [cellId, setCellId] = useQueryState('cell', parseAsString)
  const whyNotYou = useWhyNot('operation:request')
  const dryRun = useMutation(trpc.drills.preview.mutationOptions())
  const cell = cells.find(({ id }) => id === cellId) ?? null
  const onDryRun = () => cell && dryRun.mutate({ cellId: cell.id })
  const preview = dryRun.data?.cellId === cell?.id ? dryRun.data : undefined
  return (
    <Page>
      <PageHeader
        title="New drill"
        crumbs={[{ label: 'Drills', href: paths.drills() }]}
        says="The live cell goes to its standby and comes back. A request changes nothing; another person approves it."
      />
      <PanelFrame
        title="Dry run"
        note="Looks at everything, changes nothing"
        actions={
          <Button
            tone={preview ? 'plain' : 'primary'}
            onClick={onDryRun}
            busyLabel={dryRun.isPending ? 'Looking…' : null}
            disabledReason={whyNotYou ?? (cell ? null : 'Choose a cell first.')}
          >
            {preview ? 'Run it again' : 'Dry run'}
          </Button>
        }
      >
        <div className="grid gap-5">
          <SelectField
            label="Cell"
            className="max-w-72"
            value={cell?.id ?? ''}
            onChange={(event) => void setCellId(event.target.value || null)}
          >
            <option value="">Choose one</option>
            {cells.map(({ id, activeRegion }) => (
              <option key={id} value={id}>
                {id} · writes in {activeRegion}
              </option>
            ))}
          </SelectField>
          {dryRun.error && <FailureCard error={dryRun.error} what="Dry run" onRetry={onDryRun} />}
          {preview && <Found key={preview.previewedAt} preview={preview} />}
        </div>
      </PanelFrame>
    </Page>
  )
}

function Found({ preview }: { preview: DrillPreview }) {
  const request = useMutation(useTRPC().drills.request.mutationOptions())
  const hasExpired = useHasExpired(preview)
  const { plan, planHash, checks } = preview
  const failed = checks.filter(({ outcome }) => outcome !== 'passed')
  if (!plan || !planHash)
    return (
      <>
        <Notice status="crit">
          No safe drill: {failed.length} of {checks.length} checks did not pass. Nothing was changed.
        </Notice>
        <CheckList checks={checks} />
      </>
    )
  return (
    <>
      <Notice status="warn">{plan.back}</Notice>
      <PlanLine plan={plan} planHash={planHash} dated={preview} />
      <BlastRadius plan={plan} />
      <ChangeTable plan={plan} />
      <CheckList checks={checks} />
      <CouldApprove kind="drill-switchover" cellId={plan.cell} />
      <RequestForm
        plan={plan}
        planHash={planHash}
        title="Request it"
        act={`Request: drill ${plan.scope} to ${plan.target.region} and back`}
        chips={['Quarterly drill', 'After a change', 'Training']}
        whyNot={hasExpired ? 'The dry run is too old: run it again.' : null}
        send={async (order) => paths.approval({ id: (await request.mutateAsync(order)).requestId })}
      />
    </>
  )
}
