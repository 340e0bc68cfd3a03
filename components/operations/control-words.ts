import type { OperationDetail } from '@/model/schemas/operations'
import type { OperationAction } from '@/model/states'

/** How each order to a run is put, and what it leads to. */
type Control = { verb: string; title: string; says: (operation: OperationDetail) => string; chips: readonly string[] }

export const controls = {
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

export function verbOf(action: OperationAction, { nextTryAt }: OperationDetail): string {
  return action === 'retry' && nextTryAt ? 'Retry now' : controls[action].verb
}
