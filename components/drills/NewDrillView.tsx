'use client'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs'
import { useState } from 'react'
import { paths } from '@/model/paths'
import { type DrillKind, type DrillPreview, drillKinds } from '@/model/schemas/drills'
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
import { StartCloneDialog } from './StartCloneDialog'

const kinds = ['drill-clone', 'drill-switchover'] as const satisfies DrillKind[]

/** A drill on a clone starts here; one on the live cell is asked for, after a fresh dry run. Nothing here moves a live writer. */
export function NewDrillView() {
  const trpc = useTRPC()
  const { data: cells } = useSuspenseQuery(trpc.cells.list.queryOptions())
  const [cellId, setCellId] = useQueryState('cell', parseAsString)
  const [kind, setKind] = useQueryState('kind', parseAsStringLiteral(kinds).withDefault('drill-switchover'))
  const cell = cells.find(({ id }) => id === cellId) ?? null
  return (
    <Page>
      <PageHeader
        title="New drill"
        crumbs={[{ label: 'Drills', href: paths.drills() }]}
        says={
          kind === 'drill-clone'
            ? 'A copy of a standby, used by nobody, takes a write and is thrown away. Nobody has to approve it.'
            : 'The live cell goes to its standby and comes back. A request changes nothing; another person approves it.'
        }
      />
      {cellId && !cell && <Notice status="warn">There is no cell {cellId}. Choose one of those below.</Notice>}
      <PanelFrame title="What is drilled">
        <div className="flex flex-wrap gap-4">
          <SelectField
            label="Cell"
            className="w-72 max-w-full"
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
          <SelectField
            label="Kind"
            className="w-72 max-w-full"
            value={kind}
            onChange={(event) => void setKind(kinds.find((each) => each === event.target.value) ?? null)}
          >
            {kinds.map((each) => (
              <option key={each} value={each}>
                {drillKinds[each]}
              </option>
            ))}
          </SelectField>
        </div>
      </PanelFrame>
      {kind === 'drill-clone' ? <CloneDrill cellId={cell?.id ?? null} /> : <LiveDrill cellId={cell?.id ?? null} />}
    </Page>
  )
}

function CloneDrill({ cellId }: { cellId: string | null }) {
  const whyNotYou = useWhyNot('drill:run')
  const [isStarting, setStarting] = useState(false)
  return (
    <PanelFrame
      title="On a clone"
      note="Touches nothing live"
      actions={
        <Button
          tone="primary"
          onClick={() => setStarting(true)}
          disabledReason={whyNotYou ?? (cellId ? null : 'Choose a cell first.')}
        >
          Run now
        </Button>
      }
    >
      <p className="text-ink-2">It measures a failover on a copy. What it needs is checked when it starts.</p>
      {isStarting && cellId && <StartCloneDialog cellId={cellId} onClose={() => setStarting(false)} />}
    </PanelFrame>
  )
}

function LiveDrill({ cellId }: { cellId: string | null }) {
  const whyNotYou = useWhyNot('operation:request')
  const dryRun = useMutation(useTRPC().drills.preview.mutationOptions())
  const onDryRun = () => cellId && dryRun.mutate({ cellId })
  const preview = dryRun.data?.cellId === cellId ? dryRun.data : undefined
  return (
    <PanelFrame
      title="Dry run"
      note="Looks at everything, changes nothing"
      actions={
        <Button
          tone={preview ? 'plain' : 'primary'}
          onClick={onDryRun}
          busyLabel={dryRun.isPending ? 'Looking…' : null}
          disabledReason={whyNotYou ?? (cellId ? null : 'Choose a cell first.')}
        >
          {preview ? 'Run it again' : 'Dry run'}
        </Button>
      }
    >
      <div className="grid gap-5">
        {!preview && !dryRun.error && (
          <p className="text-ink-2">It says what would happen, and what speaks against it.</p>
        )}
        {dryRun.error && <FailureCard error={dryRun.error} what="Dry run" onRetry={onDryRun} />}
        {preview && <Found key={preview.previewedAt} preview={preview} />}
      </div>
    </PanelFrame>
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
