import { describe, expect, test } from 'vitest'
import type { OperationState, StepState } from '@/model/states'
import { decideNext } from './decide-next'
import type { OperationRecord, StepRecord } from './operation-record'

const asked = new Date('2026-01-01T00:00:00Z')

/** Four steps: plain, undoable, deciding, after. */
function operation(
  status: OperationState,
  states: StepState[],
  change: Partial<OperationRecord> = {},
): OperationRecord {
  const names = ['look', 'freeze', 'decide', 'publish']
  const steps = names.map(
    (name, index): StepRecord => ({
      ...{ position: index + 1, name, title: name, undoable: name === 'freeze', pastReturn: index >= 2 },
      ...{ status: states[index] ?? 'pending', attempts: 0, startedAt: null, finishedAt: null },
      ...{ says: null, error: null, output: null },
    }),
  )
  return {
    ...{ id: 'id', code: 'OP-1', kind: 'test', workflowVersion: 1, scope: 'cell:x', requestId: null, params: {} },
    ...{ status, statusReason: null, abortRequestedAt: null, pauseRequestedAt: null, pointOfNoReturnAt: null },
    ...{ leaseHolder: 'w', leaseEpoch: 1n, nextTryAt: null, steps, ...change },
  }
}

function decided(subject: OperationRecord): string {
  const next = decideNext(subject, (step) => step !== 'publish')
  return 'step' in next ? `${next.kind} ${next.step.name}` : next.kind
}

describe('forward', () => {
  test.each<[string, StepState[], Partial<OperationRecord>, string]>([
    ['starts the first step that is not done', ['done'], {}, 'start freeze'],
    ['starts a failed step again', ['done', 'failed'], {}, 'start freeze'],
    ['looks before it acts on a step it finds running', ['done', 'running'], {}, 'resolve freeze'],
    ['looks before it acts on an unknown outcome', ['done', 'unknown'], {}, 'resolve freeze'],
    ['is done when every step is', ['done', 'done', 'done', 'done'], {}, 'all-done'],
    ['pauses between steps', ['done'], { pauseRequestedAt: asked }, 'pause'],
    ['does not pause on an unknown outcome', ['done', 'unknown'], { pauseRequestedAt: asked }, 'resolve freeze'],
    ['does not pause where somebody waits', ['done', 'done', 'done'], { pauseRequestedAt: asked }, 'start publish'],
    ['aborts between steps', ['done'], { abortRequestedAt: asked }, 'abort'],
    ['aborts at an unknown outcome that can be undone', ['done', 'unknown'], { abortRequestedAt: asked }, 'abort'],
    ['aborts rather than pauses', ['done'], { abortRequestedAt: asked, pauseRequestedAt: asked }, 'abort'],
    [
      'finds out first whether the decision was taken',
      ['done', 'done', 'unknown'],
      { abortRequestedAt: asked },
      'resolve decide',
    ],
    [
      'ignores an abort once the return is passed',
      ['done', 'done', 'done'],
      { abortRequestedAt: asked, pointOfNoReturnAt: asked },
      'start publish',
    ],
  ])('%s', (_, states, change, expected) => {
    expect(decided(operation('running', states, change))).toBe(expected)
  })
})

describe('backward', () => {
  test.each<[string, StepState[], string]>([
    ['undoes what is done', ['done', 'done', 'refused'], 'undo freeze'],
    ['undoes what may have happened', ['done', 'unknown'], 'undo freeze'],
    ['goes on with an undo that was begun', ['done', 'undoing'], 'undo freeze'],
    ['leaves alone what refused', ['done', 'refused'], 'all-undone'],
    ['leaves alone what failed', ['done', 'failed'], 'all-undone'],
    ['ends when everything is undone', ['done', 'undone', 'refused'], 'all-undone'],
  ])('%s', (_, states, expected) => {
    expect(decided(operation('undoing', states))).toBe(expected)
  })
})

test.each<OperationState>(['queued', 'paused', 'needs-human', 'done', 'undone'])(
  '%s asks nothing of a worker',
  (status) => {
    expect(decided(operation(status, []))).toBe('rest')
  },
)
