import { setTimeout as wait } from 'node:timers/promises'

const READY_TIMEOUT_MS = 60_000
const CALL_TIMEOUT_MS = 2_000
const POLL_MS = 100

/** Resolves when the web process answers and can reach the catalog. */
export async function untilReady(url: string): Promise<void> {
  const giveUpAt = performance.now() + READY_TIMEOUT_MS
  let last = 'It did not answer.'
  while (performance.now() < giveUpAt) {
    const answer = await fetch(new URL('/api/ready', url), { signal: AbortSignal.timeout(CALL_TIMEOUT_MS) }).catch(
      () => null,
    )
    if (answer?.ok) {
      await answer.body?.cancel()
      return
    }
    if (answer) last = (await answer.text()).slice(0, 500)
    await wait(POLL_MS)
  }
  throw new Error(`The web process was not ready after a minute; see logs/web.log in the data directory. ${last}`)
}
