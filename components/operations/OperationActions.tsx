'use client'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { paths } from '@/model/paths'
import type { OperationDetail } from '@/model/schemas/operations'
import { type ActionFacts, actionsIn, type OperationAction, whyNotOperationAction } from '@/model/states'
import { ConfirmDialog } from '../shell/ConfirmDialog'
import { useWhyNot } from '../shell/use-permission'
import { useTRPC } from '../trpc'
import { Button, ButtonLink } from '../ui/Button'
import { ReasonField } from '../ui/ReasonField'

type Control = { verb: string; title: string; says: (operation: OperationDetail) => string; chips: readonly string[] }

const controls = {
  pause: {
    verb: 'Pause after this step',
    title: 'Pause this operation?',
    says: () =>
      'The step that runs is finished, then nothing more is started until somebody resumes it. While writers wait at a closed gate it does not pause: it goes on until they are let through.',
    chips: ['Waiting for a colleague', 'Something looks odd'],
  },
  resume: {
    verb: 'Resume',
    title: 'Resume this operation?',
    says: ({ steps }) =>
      steps[0]?.status === 'pending'
        ? 'Nothing was touched yet: it checks the plan against the world again, and goes on only if the plan is still true.'
        : 'It goes on with the next step.',
    chips: ['Checked, all good'],
  },
  abort: {
    verb: 'Abort and go back',
    title: 'Abort this operation?',
    says: (operation) =>
      `The step that runs is finished, then what was done is undone in reverse order: ${operation.plan.source.member} takes writes again${
        operation.steps.some((step) => step.name === 'fence-old-primary' && step.status === 'done')
          ? ', under a new epoch, because a fence is never lifted at the same one'
          : ''
      }.`,
    chips: ['Wrong target', 'Incident elsewhere', 'Taking too long'],
  },
  retry: {
    verb: 'Try again',
    title: 'Try the step again?',
    says: ({ nextTryAt }) =>
      `${nextTryAt ? 'The undo is tried now instead of at its next time' : 'The step gets all its attempts again'}. Where its outcome can be read back, it is read back first. Otherwise the same order is given again: a server that has carried it out knows it by its operation and does nothing twice.`,
    chips: ['Cause removed', 'Server is back'],
  },
} as const satisfies Record<OperationAction, Control>

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

function ControlDialog({
  action,
  operation,
  onClose,
}: {
  action: OperationAction
  operation: OperationDetail
  onClose: () => void
}) {
  const trpc = useTRPC()
  const [reason, setReason] = useState('')
  const mutations = {
    pause: useMutation(trpc.operations.pause.mutationOptions()),
    resume: useMutation(trpc.operations.resume.mutationOptions()),
    abort: useMutation(trpc.operations.abort.mutationOptions()),
    retry: useMutation(trpc.operations.retry.mutationOptions()),
  }
  const { title, says, chips } = controls[action]
  const verb = verbOf(action, operation)
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={title}
      verb={verb}
      tone={action === 'abort' ? 'danger' : 'primary'}
      disabledReason={reason.trim().length < 3 ? 'Give a reason first.' : null}
      commit={() => mutations[action].mutateAsync({ id: operation.id, reason: reason.trim() })}
    >
      <p>{says(operation)}</p>
      <ReasonField chips={chips} value={reason} onChange={setReason} />
    </ConfirmDialog>
  )
}

function verbOf(action: OperationAction, { nextTryAt }: OperationDetail): string {
  return action === 'retry' && nextTryAt ? 'Retry now' : controls[action].verb
}

function factsOf(operation: OperationDetail): ActionFacts {
  const { status, pointOfNoReturnAt, nextTryAt, steps } = operation
  const decision = steps.find((step) => step.pointOfNoReturn)?.status ?? null
  return { status, pointOfNoReturnAt: instant(pointOfNoReturnAt), nextTryAt: instant(nextTryAt), decision }
}

const instant = (at: string | null): Date | null => (at === null ? null : new Date(at))
