'use client'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { paths } from '@/model/paths'
import type { OperationDetail } from '@/model/schemas/operations'
import { type ActionFacts, type OperationAction, whyNotOperationAction } from '@/model/states'
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
    says: () => 'It goes on with the next step.',
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
    says: () => 'The outcome of the step is read back first; only what did not happen is done again.',
    chips: ['Cause removed', 'Server is back'],
  },
} as const satisfies Record<OperationAction, Control>

/** What can be done with a running operation. Always visible; what is not possible says why. */
export function OperationActions({ operation }: { operation: OperationDetail }) {
  const [asked, setAsked] = useState<OperationAction | null>(null)
  const whyNotYou = useWhyNot('operation:control')
  const isOver = operation.status === 'done' || operation.status === 'undone'
  const offered: readonly OperationAction[] =
    operation.status === 'needs-human'
      ? ['retry', 'abort']
      : operation.status === 'undoing'
        ? ['retry']
        : ['pause', 'resume', 'abort']
  if (isOver) return <PlanBack operation={operation} />
  return (
    <>
      {offered.map((action) => (
        <Button
          key={action}
          tone={action === 'abort' ? 'ghost' : 'plain'}
          disabledReason={whyNotOperationAction(action, factsOf(operation)) ?? whyNotYou}
          onClick={() => setAsked(action)}
        >
          {operation.nextTryAt ? 'Retry now' : controls[action].verb}
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
  const { verb, title, says, chips } = controls[action]
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

function factsOf(operation: OperationDetail): ActionFacts {
  const { status, pointOfNoReturnAt, nextTryAt } = operation
  return { status, pointOfNoReturnAt: instant(pointOfNoReturnAt), nextTryAt: instant(nextTryAt) }
}

const instant = (at: string | null): Date | null => (at === null ? null : new Date(at))
