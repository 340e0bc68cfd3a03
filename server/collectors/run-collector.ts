import { setTimeout as wait } from 'node:timers/promises'
import { log } from '@/server/log'
import type { Activation, CollectorContext } from './context'

export type Collector = {
  name: string
  intervalMs: number
  /** After this an activation counts as failed; the next one still waits until it has really ended. */
  deadlineMs: number
  activate(context: CollectorContext): Promise<Activation>
}

/** Workers that start together must not look together for ever. */
const JITTER = 0.05
const BACKOFF_MS_MAX = 10_000

/**
 * Activates a collector at its interval until the signal. Activations never overlap; one that throws or passes its deadline
 * is seen in `health` and does not stop the others; while it keeps failing it is tried less often.
 */
export async function runCollector(collector: Collector, context: CollectorContext): Promise<void> {
  const { clock, signal } = context
  let dueAtMs = clock.monotonicMs() + Math.random() * Math.min(collector.intervalMs, BACKOFF_MS_MAX) * JITTER
  while (!signal.aborted) {
    await pause(dueAtMs - clock.monotonicMs(), signal)
    if (signal.aborted) return
    await activateOnce(collector, context)
    const failedInARow = context.health.get(collector.name)?.failedInARow ?? 0
    const nowMs = clock.monotonicMs()
    // A turn that was missed is not made up for; the phase is kept while turns are on time.
    dueAtMs = Math.max(dueAtMs + collector.intervalMs, nowMs)
    if (failedInARow > 0)
      dueAtMs = Math.max(dueAtMs, nowMs + Math.min(collector.intervalMs * 2 ** failedInARow, BACKOFF_MS_MAX))
    dueAtMs += (Math.random() - 0.5) * collector.intervalMs * JITTER
  }
}

async function activateOnce(collector: Collector, context: CollectorContext): Promise<void> {
  const activation = collector.activate(context)
  const deadline = new AbortController()
  const outcome = await Promise.race([
    activation
      .then(({ says }) => ({ ok: true, says }))
      .catch((error: unknown) => ({ ok: false, says: sayError(error) })),
    pause(collector.deadlineMs, deadline.signal).then(() => ({
      ok: false,
      says: `Passed its deadline of ${collector.deadlineMs} ms.`,
    })),
  ])
  deadline.abort()
  report(collector, context, outcome)
  await activation.catch(() => {})
}

function report(
  { name }: Collector,
  { health, clock, signal }: CollectorContext,
  { ok, says }: { ok: boolean; says: string },
): void {
  if (signal.aborted) return
  const failedBefore = health.get(name)?.failedInARow ?? 0
  const failedInARow = ok ? 0 : failedBefore + 1
  health.set(name, { says, endedAt: clock.now().toISOString(), failedInARow })
  if (failedInARow === 1) log.warn({ collector: name, says }, 'A collector failed.')
  if (ok && failedBefore > 0) log.info({ collector: name, failedBefore }, 'A collector works again.')
}

function sayError(error: unknown): string {
  if (!(error instanceof Error)) return 'Failed for an unknown reason.'
  return 'says' in error && typeof error.says === 'string' ? error.says : error.message.slice(-300)
}

/** Ends early, and quietly, at the signal. */
async function pause(forMs: number, signal: AbortSignal): Promise<void> {
  await wait(Math.max(0, forMs), undefined, { signal }).catch(() => {})
}
