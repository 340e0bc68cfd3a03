import { FleetError } from './fleet-error'

/** Waits one turn of a poll. The only sleep in the fleet: every caller has a deadline. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Polls until `probe` answers something other than null; throws a `deadline` error that says what was waited for. */
export async function until<T>(
  waitingFor: string,
  limits: { timeoutMs: number; everyMs: number },
  probe: () => Promise<T | null> | T | null,
): Promise<T> {
  const deadlineAt = performance.now() + limits.timeoutMs
  for (;;) {
    const found = await probe()
    if (found !== null) return found
    if (performance.now() >= deadlineAt) {
      throw new FleetError('deadline', `Gave up after ${limits.timeoutMs} ms waiting for ${waitingFor}.`)
    }
    await pause(limits.everyMs)
  }
}
