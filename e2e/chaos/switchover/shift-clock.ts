/**
 * Sets the clock of this process wrong by `shiftMs`, as a machine with a broken clock would have it: whoever asks JavaScript
 * for the time is told the wrong one. Timers and performance.now() stay right, as CLOCK_MONOTONIC would.
 */
export function shiftClock(shiftMs: number): void {
  if (shiftMs === 0) return
  const RealDate = Date
  const now = () => RealDate.now() + shiftMs
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given, newTarget) => Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, property, receiver) => (property === 'now' ? now : Reflect.get(target, property, receiver)),
  })
}
