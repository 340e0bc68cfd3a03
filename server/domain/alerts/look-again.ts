import { setTimeout as wait } from 'node:timers/promises'
import { log } from '@/server/log'

/** Looks again and again until the signal, later after a look that failed. `failed` is what the log says then. */
export async function lookAgain(
  signal: AbortSignal,
  { everyMs, afterErrorMs, failed }: { everyMs: number; afterErrorMs: number; failed: string },
  look: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    const pauseMs = await look().then(
      () => everyMs,
      (error: unknown) => {
        if (!signal.aborted) log.warn({ err: error }, failed)
        return afterErrorMs
      },
    )
    await wait(pauseMs, undefined, { signal }).catch(() => {})
  }
}
