'use client'
import { useState } from 'react'
import { paths } from '@/model/paths'
import type { OperationDetail } from '@/model/schemas/operations'
import { type ActionFacts, actionsIn, type OperationAction, whyNotOperationAction } from '@/model/states'
import { useWhyNot } from '../shell/use-permission'
import { Button, ButtonLink } from '../ui/Button'
import { ControlDialog } from './ControlDialog'
import { verbOf } from './control-words'

/** What can be done with an operation in its state; what its state allows and something else forbids says why. */
export function OperationActions({ operation }: { operation: OperationDetail }) {
  const [asked, setAsked] = useState<OperationAction | null>(null)
  const whyNotYou = useWhyNot('operation:control')
  if (operation.status === 'done' || operation.status === 'undone') return <PlanBack operation={operation} />
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
      {asked && <ControlDialog key={asked} action={asked} operation={operation} onClose={() => setAsked(null)} />}
    </>
  )
}

function PlanBack({ operation }: { operation: OperationDetail }) {
  if (operation.status !== 'done') return null
  return <ButtonLink href={paths.newFailover({ cell: operation.plan.cell })}>Plan a switchover back</ButtonLink>
}

function factsOf(operation: OperationDetail): ActionFacts {
  const { status, pointOfNoReturnAt, nextTryAt, steps } = operation
  const decision = steps.find((step) => step.pointOfNoReturn)?.status ?? null
  return { status, pointOfNoReturnAt: instant(pointOfNoReturnAt), nextTryAt: instant(nextTryAt), decision }
}

const instant = (at: string | null): Date | null => (at === null ? null : new Date(at))
