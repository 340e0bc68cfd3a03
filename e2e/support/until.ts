import { expect } from '@playwright/test'

/** Time enough for what a machine that does other things as well refuses for a moment: a late probe, a lag, a rest after a move. */
const DONE_WITHIN_MS = 120_000
const LOOK_AGAIN_MS = [500, 1_000, 2_000]

/**
 * Tries again what may be refused for a moment, or may not be there yet; `work` throws until then. What is refused to the end is
 * told. One inside another ends first when it is given less time.
 */
export async function untilDone<Value>(work: () => Promise<Value>, timeoutMs = DONE_WITHIN_MS): Promise<Value> {
  const done: Value[] = []
  await expect(async () => {
    done[0] = await work()
  }).toPass({ timeout: timeoutMs, intervals: LOOK_AGAIN_MS })
  return done[0]!
}
