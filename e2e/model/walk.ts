import type { Random } from '../chaos/seeded-random'
import type { Model, Move } from './explore'

/** One of the many ways through a model, the same for the same seed: until nothing can happen any more, or for so many moves. */
export function walk<State, Action>(
  model: Model<State, Action>,
  { random, movesMax }: { random: Random; movesMax: number },
): Move<State, Action>[] {
  const trace: Move<State, Action>[] = []
  let state = model.initial
  while (trace.length < movesMax) {
    const moves = model.moves(state)
    if (moves.length === 0) return trace
    const move = random.pick(moves)
    trace.push(move)
    state = move.next
  }
  return trace
}
