'use client'
import { useSuspenseQuery } from '@tanstack/react-query'
import { shortHash } from '@/model/format'
import { paths } from '@/model/paths'
import type { RequestDetail } from '@/model/schemas/operations'
import { PlanPanel } from '../operations/PlanPanel'
import { Stakes } from '../operations/Stakes'
import { wordOfRequest } from '../operations/state-words'
import { Page, PageHeader } from '../shell/PageHeader'
import { PanelFrame } from '../shell/Panel'
import { TimeStamp } from '../shell/TimeStamp'
import { useTRPC } from '../trpc'
import { CopyText } from '../ui/CopyText'
import { Notice } from '../ui/Notice'
import { StatusPill } from '../ui/StatusPill'
import { ApproverSlots } from './ApproverSlots'
import { BreakGlassMark } from './BreakGlassMark'
import { ByHand, Commands } from './ByHand'
import { CheckList } from './CheckList'
import { Countdown } from './Countdown'
import { DecisionBar } from './DecisionBar'
import { Direction } from './Direction'
import { ForcedFacts } from './ForcedFacts'
import { isDeclared } from './is-declared'
import { Outcome } from './Outcome'
import { OverrideList } from './OverrideList'
import { sayGone, sayUndo } from './say-decision'
import { whyNotNow } from './why-not-now'

/** What a person with two minutes and a phone needs to decide, in this order; the plan itself is one tap deeper. */
export function ApprovalView({ id }: { id: string }) {
  const { data: request } = useSuspenseQuery(useTRPC().requests.get.queryOptions({ id }))
  const { plan } = request
  const isOpen = request.status === 'waiting'
  const blocked = whyNotNow(request)
  const failed = request.checks.filter((check) => check.outcome !== 'passed' && check.overriddenBecause === undefined)
  return (
    <Page>
      <PageHeader
        crumbs={[{ label: 'Approvals', href: paths.approvals() }]}
        title={request.title}
        badge={
          <span className="inline-flex flex-wrap items-center gap-2">
            <StatusPill {...wordOfRequest(request)} />
            {request.isBreakGlass && <BreakGlassMark />}
          </span>
        }
        says={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
            <Direction plan={plan} />
            <CopyText
              text={request.planHash}
              shown={`plan ${shortHash(request.planHash)}`}
              label="Copy the plan hash"
            />
            {isOpen && <Countdown until={request.approveBy} />}
          </span>
        }
      />
      <Outcome request={request} />
      <PanelFrame title={isOpen ? 'Decide on' : 'What was decided on'}>
        <div className="grid gap-4">
          {blocked && request.drift.length === 0 && <Notice status="warn">{blocked}</Notice>}
          {isDeclared(plan) && isOpen && (
            <Notice status="crit">
              Break-glass, and nothing proves that {plan.source.member} is closed. To approve is to attest that it takes
              no writes: if it does, two servers will. Attest only what you know from elsewhere than this page.
            </Notice>
          )}
          {plan.kind === 'reinstatement' && <Notice status="warn">{sayGone(plan)}</Notice>}
          {plan.kind === 'drill-switchover' && <Notice status="warn">{plan.back}</Notice>}
          <Stakes plan={plan} />
          <Why request={request} />
          <OverrideList plan={plan} />
          {!blocked && failed.length > 0 && <CheckList checks={failed} />}
          {plan.kind === 'forced-failover' && <ForcedFacts plan={plan} />}
          {isOpen && (
            <div className="grid gap-1 text-sm text-ink-2">
              <p>If nobody acts: {request.ifNobodyActs}</p>
              <p>Undo: {sayUndo(request)}</p>
            </div>
          )}
          <ApproverSlots request={request} />
          {request.manualCommand && (
            <noscript>
              <p className="text-sm">From a terminal:</p>
              <Commands commands={request.manualCommand} />
            </noscript>
          )}
        </div>
      </PanelFrame>
      {isOpen && <DecisionBar request={request} />}
      <details className="grid gap-4">
        <summary className="cursor-pointer py-2 text-ink-2 hover:text-ink-1">
          Plan, checks and the way without this page
        </summary>
        <div className="mt-2 grid gap-4">
          <PanelFrame title="Checks" note={sayChecks(request.checks)}>
            <CheckList checks={request.checks} />
          </PanelFrame>
          <PlanPanel plan={plan} planHash={request.planHash} />
          {request.manualCommand && (
            <PanelFrame title="Without this page" note="The same decision by people, from a terminal">
              <ByHand commands={request.manualCommand} />
            </PanelFrame>
          )}
        </div>
      </details>
    </Page>
  )
}

function Why({ request }: { request: RequestDetail }) {
  return (
    <p className="text-sm text-ink-1">
      <span className="text-ink-3">Why: </span>
      {request.reason}
      {request.incidentRef && ` · ${request.incidentRef}`}
      <span className="text-ink-3">
        {' '}
        · asked by {request.requester.name} <TimeStamp at={request.createdAt} form="clock" />
      </span>
    </p>
  )
}

/** What is overridden has not passed. */
function sayChecks(checks: RequestDetail['checks']): string {
  const passedCount = checks.filter(({ outcome }) => outcome === 'passed').length
  const overriddenCount = checks.filter(
    (check) => check.outcome !== 'passed' && check.overriddenBecause !== undefined,
  ).length
  return `${passedCount} of ${checks.length} passed${overriddenCount === 0 ? '' : `, ${overriddenCount} overridden`}`
}
