/** Repeatable randomness (mulberry32): the seed is printed with every run, so that a failure can be replayed. */
export type Random = {
  /** In [0, 1). */
  next(): number
  /** In [0, limit). */
  below(limit: number): number
  pick<T>(values: readonly T[]): T
  shuffled<T>(values: readonly T[]): T[]
  /** A stream of its own for one run, whatever the others draw. */
  forRun(run: number): Random
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    next,
    below,
    pick: (values) => values[below(values.length)]!,
    shuffled: (values) => {
      const shuffled = [...values]
      for (let last = shuffled.length - 1; last > 0; last--) {
        const other = below(last + 1)
        const swapped = shuffled[last]!
        shuffled[last] = shuffled[other]!
        shuffled[other] = swapped
      }
      return shuffled
    },
    forRun: (run) => seededRandom(Math.imul(seed ^ 0x9e3779b9, run + 1)),
  }
}
