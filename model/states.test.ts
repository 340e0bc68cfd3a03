import { expect, test } from 'vitest'
import {
  actionsIn,
  canStepMove,
  finalOperationStates,
  type OperationState,
  operationActions,
  operationMoves,
  operationStates,
  type StepState,
  stepMoves,
  stepStates,
  whyNotOperationAction,
} from './states'

/** Everything that can be reached from a state by the given moves, itself included. */
function reachable<State extends string>(from: State, next: (state: State) => readonly State[]): Set<State> {
  const seen = new Set<State>([from])
  for (const state of seen) for (const to of next(state)) seen.add(to)
  return seen
}

const operationNext = (state: OperationState) => operationMoves.filter(({ from }) => from === state).map(({ to }) => to)
const stepNext = (state: StepState): readonly StepState[] => stepMoves[state]
const isFinal = (state: OperationState) => finalOperationStates.some((final) => final === state)

test('every state of an operation can be reached from queued', () => {
  expect([...reachable('queued', operationNext)].sort()).toEqual([...operationStates].sort())
})

test.each([...operationStates])('%s is final or has a way to a final state', (state) => {
  expect([...reachable(state, operationNext)].some(isFinal)).toBe(true)
})

test('nothing leads out of a final state, and no event is ambiguous', () => {
  expect(operationMoves.filter(({ from }) => isFinal(from))).toEqual([])
  const keys = operationMoves.map(({ from, event }) => `${from} ${event}`)
  expect(new Set(keys).size).toBe(keys.length)
})

test('every state in which nobody works has an action for a person', () => {
  const waiting = operationStates.filter(
    (state) => !isFinal(state) && !['queued', 'running', 'undoing'].includes(state),
  )
  for (const state of waiting) {
    const open = Object.values(operationActions).filter((states: readonly OperationState[]) => states.includes(state))
    expect(open.length, state).toBeGreaterThan(0)
  }
})

test('every state of a step can be reached from pending, and only a whole step, or one that did nothing, may rest', () => {
  expect([...reachable('pending', stepNext)].sort()).toEqual([...stepStates].sort())
  expect(stepStates.filter((state) => stepNext(state).length === 0)).toEqual(['undone', 'skipped'])
})

test('an outcome nobody knows never becomes pending or refused by itself', () => {
  expect(canStepMove('unknown', 'pending')).toBe(false)
  expect(canStepMove('unknown', 'refused')).toBe(false)
})

test('past the point of no return an operation cannot be aborted, whatever its state', () => {
  for (const status of operationStates)
    expect(
      whyNotOperationAction('abort', { status, pointOfNoReturnAt: new Date(), nextTryAt: null, decision: 'done' }),
      status,
    ).not.toBeNull()
})

test.each(['running', 'unknown'] as const)('while the decision is %s an operation cannot be aborted', (decision) => {
  const whyNot = whyNotOperationAction('abort', {
    status: 'running',
    pointOfNoReturnAt: null,
    nextTryAt: null,
    decision,
  })
  expect(whyNot).toMatch(/^The point of no return is being passed/)
})

test('every state offers what some facts of it allow, and nothing else', () => {
  const facts = [null, new Date()].flatMap((pointOfNoReturnAt) =>
    [null, new Date()].map((nextTryAt) => ({ pointOfNoReturnAt, nextTryAt, decision: 'pending' as const })),
  )
  const actions = Object.keys(operationActions) as (keyof typeof operationActions)[]
  for (const status of operationStates) {
    const allowed = actions.filter((action) =>
      facts.some((fact) => !whyNotOperationAction(action, { status, ...fact })),
    )
    expect(actionsIn(status), status).toEqual(allowed)
  }
})
