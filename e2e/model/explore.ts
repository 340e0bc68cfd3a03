import { InvariantError } from '@/model/invariant'

/**
 * Visits every state that a model can reach, breadth first, so that the way to a broken invariant is a shortest one. Only names
 * of states and the frontier are kept; a trace is found again by taking the same moves once more.
 */
export type Move<State, Action> = { action: Action; next: State }

export type Model<State, Action> = {
  initial: State
  moves(state: State): Move<State, Action>[]
  /** What tells one state from another, in parts that most moves leave alone. Equal parts have equal JSON. */
  partsOf(state: State): readonly unknown[]
  /** Null when nothing is wrong with this move; else what, as a sentence. */
  judge(before: State, action: Action, after: State): string | null
}

export type Exploration<State, Action> = {
  stateCount: number
  moveCount: number
  /** Moves from the start to the farthest state. */
  depth: number
  /** False: there are more states than were allowed. */
  isExhaustive: boolean
  violation: { says: string; trace: Move<State, Action>[] } | null
  /** A shortest way to the first move that `nameOf` gives each name. */
  traces: Map<string, Move<State, Action>[]>
}

export type ExploreOptions<State, Action> = {
  statesMax: number
  /** Moves of which a trace is wanted, by name; null for the others. */
  nameOf?(move: Move<State, Action>, before: State): string | null
}

export function explore<State, Action>(
  model: Model<State, Action>,
  { statesMax, nameOf }: ExploreOptions<State, Action>,
): Exploration<State, Action> {
  const nameState = createNaming()
  const known = new Set([nameState(model.partsOf(model.initial))])
  // Of each state, in the order found: from which it was reached, and by the how-manieth of that one's moves.
  const parents: number[] = [-1]
  const ordinals: number[] = [-1]
  const named = new Map<string, { parent: number; ordinal: number }>()
  let frontier = [{ state: model.initial, index: 0 }]
  let moveCount = 0
  let depth = 0
  const traceTo = (parent: number, ordinal: number) => replay(model, pathTo(parents, ordinals, parent, ordinal))
  const finish = (
    isExhaustive: boolean,
    violation: Exploration<State, Action>['violation'],
  ): Exploration<State, Action> => {
    const traces = new Map([...named].map(([name, { parent, ordinal }]) => [name, traceTo(parent, ordinal)]))
    return { stateCount: known.size, moveCount, depth, isExhaustive, violation, traces }
  }
  for (; frontier.length > 0; depth += 1) {
    const found: typeof frontier = []
    for (const { state, index } of frontier) {
      const moves = movesOrBreach(model, state)
      if (moves instanceof InvariantError)
        return finish(false, { says: moves.message, trace: traceTo(parents[index]!, ordinals[index]!) })
      for (const [ordinal, move] of moves.entries()) {
        moveCount += 1
        const says = model.judge(state, move.action, move.next)
        if (says !== null) return finish(false, { says, trace: traceTo(index, ordinal) })
        const name = nameOf?.(move, state) ?? null
        if (name !== null && !named.has(name)) named.set(name, { parent: index, ordinal })
        const key = nameState(model.partsOf(move.next))
        if (known.has(key)) continue
        if (known.size >= statesMax) return finish(false, null)
        known.add(key)
        found.push({ state: move.next, index: parents.length })
        parents.push(index)
        ordinals.push(ordinal)
      }
    }
    frontier = found
  }
  return finish(true, null)
}

/** A move that a table of the real code forbids is a breach as well. */
function movesOrBreach<State, Action>(model: Model<State, Action>, state: State) {
  try {
    return model.moves(state)
  } catch (error) {
    if (error instanceof InvariantError) return error
    throw error
  }
}

function pathTo(parents: readonly number[], ordinals: readonly number[], parent: number, ordinal: number): number[] {
  const path = [ordinal]
  for (let at = parent; at > 0; at = parents[at]!) path.push(ordinals[at]!)
  return path.reverse()
}

function replay<State, Action>(model: Model<State, Action>, path: readonly number[]): Move<State, Action>[] {
  let state = model.initial
  return path.map((ordinal) => {
    const move = model.moves(state)[ordinal]!
    state = move.next
    return move
  })
}

/** Short and exact: each part of a state is known by its number, and parts that a move leaves alone are not written out again. */
function createNaming(): (parts: readonly unknown[]) => string {
  const seen = new WeakMap<object, number>()
  const numbers = new Map<string, number>()
  const numberOf = (part: object): number => {
    const known = seen.get(part)
    if (known !== undefined) return known
    const text = JSON.stringify(part)
    const number = numbers.get(text) ?? numbers.size
    numbers.set(text, number)
    seen.set(part, number)
    return number
  }
  return (parts) => parts.map((part) => (part instanceof Object ? numberOf(part) : String(part))).join()
}
