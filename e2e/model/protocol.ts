import type { Model } from './explore'
import { judgeMove } from './invariants'
import { movesOfPeople } from './people'
import { type Rules, rules } from './rules'
import { type Action, type Bounds, initialState, type State } from './state'
import { movesOfWorkers, withoutInert } from './work'
import { movesOfWorld } from './world'

/**
 * The protocol of a forced failover as a model: approval, fence, decision, promotion, the way back and the return of the old
 * primary, with every crash, every late or lost order and every clock within the bound. docs/protocol-model.md says what it leaves out.
 */
export function protocol(bounds: Bounds, mutated: Partial<Rules> = {}): Model<State, Action> {
  const all: Rules = { ...rules, ...mutated }
  return {
    initial: initialState(bounds),
    moves: (state) =>
      [
        ...movesOfPeople(state, all, bounds),
        ...movesOfWorkers(state, all, bounds),
        ...movesOfWorld(state, all, bounds),
      ].map(({ action, next }) => ({ action, next: withoutInert(next, all) })),
    partsOf,
    judge: judgeMove,
  }
}

function partsOf({ servers, workers, ...rest }: State): unknown[] {
  return [...Object.values(servers), ...workers, ...Object.values(rest)]
}

const small: Bounds = {
  servers: ['A', 'B'],
  operationsMax: 1,
  leasesMax: 2,
  lateOrdersMax: 1,
  ticksMax: 0,
  hasAgent: true,
  mayAbort: false,
  mayResign: false,
}

/** What is visited whole, by name: each is deep where the others are shallow. */
export const scopes = {
  'one failover': { ...small, hasAgent: false },
  'an abort at any moment': { ...small, mayAbort: true, lateOrdersMax: 0 },
  'a failover and another one': { ...small, operationsMax: 2, leasesMax: 1 },
  'a write lease and its keeper': { ...small, hasAgent: false, ticksMax: 3, leasesMax: 1, lateOrdersMax: 0 },
  'three servers': { ...small, servers: ['A', 'B', 'C'], operationsMax: 2, leasesMax: 1, lateOrdersMax: 0 },
  approvals: { ...small, operationsMax: 2, leasesMax: 1, lateOrdersMax: 0, hasAgent: false, mayResign: true },
} as const satisfies Record<string, Bounds>
export type ScopeName = keyof typeof scopes
