'use client'
import { useState } from 'react'
import { paths } from '@/model/paths'
import type { OperationDetail } from '@/model/schemas/operations'
import {
  type ActionFacts,
  actionsIn,
  type OperationAction,
  whyNotAcknowledge,
  whyNotOperationAction,
} from '@/model/states'
import { useWhyNot } from '../shell/use-permission'
import { Button, ButtonLink } from '../ui/Button'
import { AcknowledgeDialog } from './AcknowledgeDialog'
import { ControlDialog } from './ControlDialog'
import { verbOf } from './control-words'

/** What can be done with an operation in its state; what its state allows and something else forbids says why. */
export function OperationActions({ operation }: { operation: OperationDetail }) {
  const [asked, setAsked] = useState<OperationAction | null>(null)
  const whyNotYou = useWhyNot('operation:control')
  if (operation.status === 'undone') return null
  if (operation.status === 'done')
    return (
      <>
        <Acknowledge operation={operation} />
        <PlanFailback operation={operation} />
      </>
    )
  return (
    <>
      {actionsIn(operation.status).map((action) => (
        <Button
          key={action}
          tone={action === 'abort' ? 'ghost' : 'plain'}
          disabledReason={whyNotOperationAction(action, factsOf(operation)) ?? whyNotYou}
          onClick={() => setAsked(action)}
        >
          {verbOf(action, operation)}
        </Button>
      ))}
      <PlanFailback operation={operation} />
      {asked && <ControlDialog key={asked} action={asked} operation={operation} onClose={() => setAsked(null)} />}
    </>
  )
}

const movers: readonly string[] = ['planned-switchover', 'forced-failover']

/** Past the point of no return the way back is a new switchover, at a new epoch, to where the writer was. */
function PlanFailback({ operation: { kind, pointOfNoReturnAt, plan } }: { operation: OperationDetail }) {
  if (!pointOfNoReturnAt || !movers.includes(kind)) return null
  return (
    <ButtonLink href={paths.newFailover({ cell: plan.cell, target: plan.source.member, verb: 'planned' })}>
      Plan failback
    </ButtonLink>
  )
}

function Acknowledge({ operation }: { operation: OperationDetail }) {
  const [isAsked, setAsked] = useState(false)
  const whyNotYou = useWhyNot('operation:acknowledge')
  const { kind, status, acknowledgement } = operation
  if (whyNotAcknowledge({ kind, status, acknowledgedAt: acknowledgement?.at ?? null })) return null
  return (
    <>
      <Button tone="primary" disabledReason={whyNotYou} onClick={() => setAsked(true)}>
        Acknowledge
      </Button>
      {isAsked && <AcknowledgeDialog operation={operation} onClose={() => setAsked(false)} />}
    </>
  )
}

function factsOf(operation: OperationDetail): ActionFacts {
  const { status, pointOfNoReturnAt, nextTryAt, steps } = operation
  const decision = steps.find((step) => step.pointOfNoReturn)?.status ?? null
  return { status, pointOfNoReturnAt: instant(pointOfNoReturnAt), nextTryAt: instant(nextTryAt), decision }
}

const instant = (at: string | null): Date | null => (at === null ? null : new Date(at))
