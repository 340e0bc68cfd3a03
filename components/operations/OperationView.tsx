'use client'
import { useSuspenseQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useEffect } from 'react'
import { paths } from '@/model/paths'
import type { OperationDetail } from '@/model/schemas/operations'
import { EpochChip } from '../shell/EpochChip'
import { Page, PageHeader } from '../shell/PageHeader'
import { PanelFrame } from '../shell/Panel'
import { useTRPC } from '../trpc'
import { StatusPill } from '../ui/StatusPill'
import { BlastRadius } from './BlastRadius'
import { FenceReceipts } from './FenceReceipts'
import { OperationActions } from './OperationActions'
import { OperationClocks } from './OperationClocks'
import { OperationReportPanel } from './OperationReportPanel'
import { OperationSituation } from './OperationSituation'
import { PlanPanel } from './PlanPanel'
import { StepTimeline } from './StepTimeline'
import { operationTitle, wordOf } from './state-words'

/** One run: what it is doing, what it proved, what it cost. Live by the stream; nothing here starts or changes a step. */
export function OperationView({ id }: { id: string }) {
  const { data: operation } = useSuspenseQuery(useTRPC().operations.get.queryOptions({ id }))
  const { status, word } = wordOf(operation)
  useTitle(operationTitle(operation))
  return (
    <Page>
      <PageHeader
        title={operation.title}
        crumbs={[{ label: 'Operations', href: paths.operations() }]}
        badge={<StatusPill status={status} word={word} />}
        says={<OperationClocks operation={operation} />}
        actions={<OperationActions operation={operation} />}
      />
      <OperationSituation operation={operation} />
      {operation.report && <OperationReportPanel report={operation.report} />}
      <PanelFrame title="What is at stake">
        <BlastRadius plan={operation.plan} />
      </PanelFrame>
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <PanelFrame title="Steps" padded={false}>
          <StepTimeline steps={operation.steps} />
        </PanelFrame>
        <div className="grid gap-4">
          <FenceReceipts receipts={operation.receipts} />
          <PlanPanel plan={operation.plan} planHash={operation.planHash} />
          <Trail operation={operation} />
        </div>
      </div>
    </Page>
  )
}

function Trail({ operation }: { operation: OperationDetail }) {
  return (
    <PanelFrame title="Who and why">
      <ul className="grid gap-1.5 text-sm">
        {operation.requester && operation.requestId && (
          <li>
            Requested by {operation.requester.name} in{' '}
            <Link className="link" href={paths.approval({ id: operation.requestId })}>
              the request
            </Link>
          </li>
        )}
        {operation.approvals.map((approval) => (
          <li key={approval.person.id}>
            {approval.decision === 'approve' ? 'Approved' : 'Rejected'} by {approval.person.name}: {approval.reason}
          </li>
        ))}
        <li className="flex items-center gap-2">
          Write epoch{' '}
          <EpochChip
            epoch={operation.plan.epoch.from}
            to={operation.plan.epoch.to}
            correlation={operation.requestId ?? operation.id}
          />
        </li>
        <li>
          <Link className="link" href={paths.audit({ correlation: operation.requestId ?? operation.id })}>
            Every event of this operation in the audit trail
          </Link>
        </li>
      </ul>
    </PanelFrame>
  )
}

/** The browser's tab says how it goes, for those who watch from another one. */
function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Homeport`
  }, [title])
}
