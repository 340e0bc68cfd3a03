/** Time as a dependency, so that decisions can be tested. Durations use `monotonicMs`; instants use `now`. */
export type Clock = {
  now(): Date
  monotonicMs(): number
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
}
