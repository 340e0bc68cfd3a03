import type { Move } from './explore'
import type { Rules } from './rules'
import { type Action, type Bounds, DECISION, type Operation, type Person, people, type State, stepNames } from './state'

/** They ask, vote as often as they like, lose the role, and stop what runs. The vote that completes the quorum starts the operation. */
export function movesOfPeople(state: State, rules: Rules, bounds: Bounds): Move<State, Action>[] {
  return [...asking(state, bounds), ...voting(state, rules, bounds), ...aborting(state, bounds)]
}

function asking(state: State, { servers, operationsMax }: Bounds): Move<State, Action>[] {
  const { catalog, operation, request } = state
  const isBusy = operation !== null && operation.status !== 'done' && operation.status !== 'undone'
  if (request || isBusy || catalog.left || (operation?.number ?? 0) >= operationsMax) return []
  return servers
    .filter((name) => name !== catalog.writer && state.servers[name]!.role === 'standby')
    .map((target) => ({
      action: { kind: 'ask', server: target },
      next: { ...state, request: { target, epoch: catalog.epoch, votes: [], resigned: null } },
    }))
}

function voting(state: State, rules: Rules, { mayResign }: Bounds): Move<State, Action>[] {
  const { request } = state
  if (!request) return []
  const votes = people
    .filter((person) => person !== request.resigned && rules.acceptsVote(request.votes, person))
    .map((person) => ({ action: { kind: 'vote', person }, next: voted(state, [...request.votes, person], rules) }))
  if (!mayResign || request.resigned) return votes
  const leaving = people
    .filter((person) => person !== 'requester')
    .map((person) => ({
      action: { kind: 'resign', person },
      next: { ...state, request: { ...request, resigned: person } },
    }))
  return [...votes, ...leaving]
}

function voted(state: State, votes: readonly Person[], rules: Rules): State {
  const { catalog, operation } = state
  const request = { ...state.request!, votes }
  if (!rules.isStillTrue(request, catalog)) return { ...state, request: null }
  if (!rules.isQuorum(votes, request.resigned)) return { ...state, request }
  const started: Operation = {
    ...{
      number: (operation?.number ?? 0) + 1,
      source: catalog.writer,
      target: request.target,
      epoch: request.epoch,
    },
    ...{ status: 'queued', steps: stepNames.map(() => 'pending'), holder: null, leaseEpoch: 0 },
    ...{ receipt: null, isInDoubt: false, isPastReturn: false, isAbortAsked: false },
  }
  return { ...state, request: null, operation: started }
}

function aborting(state: State, { mayAbort }: Bounds): Move<State, Action>[] {
  const { operation } = state
  if (!mayAbort || !operation || operation.status !== 'running') return []
  if (operation.isAbortAsked || operation.isPastReturn) return []
  const decision = operation.steps[stepNames.indexOf(DECISION)]
  if (decision === 'running' || decision === 'unknown') return []
  return [{ action: { kind: 'abort' }, next: { ...state, operation: { ...operation, isAbortAsked: true } } }]
}
