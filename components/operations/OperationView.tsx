'use client'
import { useSuspenseQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useEffect } from 'react'
import { operationKinds } from '@/model/operation-kinds'
import { paths } from '@/model/paths'
import type { OperationDetail } from '@/model/schemas/operations'
import { finalOperationStates, type OperationState } from '@/model/states'
import { FindingCard } from '../regions/FindingCard'
import { EpochChip } from '../shell/EpochChip'
import { Page, PageHeader } from '../shell/PageHeader'
import { PanelFrame } from '../shell/Panel'
import { useTRPC } from '../trpc'
import { StatusPill } from '../ui/StatusPill'
import { FenceReceipts } from './FenceReceipts'
import { ImpactFacts } from './ImpactFacts'
import { LossPanel } from './LossPanel'
import { NextSteps } from './NextSteps'
import { OperationActions } from './OperationActions'
import { OperationClocks } from './OperationClocks'
import { OperationReportPanel } from './OperationReportPanel'
import { OperationSituation } from './OperationSituation'
import { OverridesPanel } from './OverridesPanel'
import { PlanPanel } from './PlanPanel'
import { Stakes } from './Stakes'
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
      <NextSteps operation={operation} />
      {operation.report && <OperationReportPanel report={operation.report} />}
      {operation.kind === 'forced-failover' && <LossPanel operation={operation} />}
      <Stake operation={operation} />
      <OverridesPanel operation={operation} />
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <PanelFrame title="Steps" padded={false}>
          <StepTimeline steps={operation.steps} kind={operation.kind} />
        </PanelFrame>
        <div className="grid gap-4">
          {fencesSomething(operation) && (
            <FenceReceipts receipts={operation.receipts} staleServer={operation.staleServer} />
          )}
          {operation.plan.kind === 'forced-failover' && (
            <PanelFrame title="What was wrong" note="as it was approved">
              <FindingCard server={operation.plan.source.member} finding={operation.plan.finding} />
            </PanelFrame>
          )}
          <PlanPanel plan={operation.plan} planHash={operation.planHash} />
          <Trail operation={operation} />
        </div>
      </div>
    </Page>
  )
}

/** What nobody has to approve touches nobody: then no numbers stand where people look for a risk. */
function Stake({ operation: { plan, status } }: { operation: OperationDetail }) {
  return (
    <PanelFrame title={isFinal(status) ? 'What was at stake' : 'What is at stake'}>
      {operationKinds[plan.kind].quorum === 0 ? (
        <p className="text-ink-2">Nothing that anybody uses: nobody has to approve it.</p>
      ) : (
        <div className="grid gap-4">
          <Stakes plan={plan} />
          {plan.kind !== 'reinstatement' && <ImpactFacts plan={plan} />}
        </div>
      )}
    </PanelFrame>
  )
}

/** Only who moves a writer waits for a receipt: the others close nobody's gate, or promote nothing afterwards. */
function fencesSomething({ kind, receipts }: OperationDetail): boolean {
  return receipts.length > 0 || ['planned-switchover', 'forced-failover', 'drill-switchover'].includes(kind)
}

function isFinal(status: OperationState): boolean {
  return finalOperationStates.some((final) => final === status)
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
            {...(operation.plan.epoch.to !== operation.plan.epoch.from && { to: operation.plan.epoch.to })}
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
