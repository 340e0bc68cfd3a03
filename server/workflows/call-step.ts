import { setTimeout as sleep } from 'node:timers/promises'
import { joinSignals } from '@/model/join-signals'
import { type NotDone, refusalOf } from './define'
import { WorkerCrashed } from './faults'
import { LeaseLost } from './journal'

/** How long a call may take to end after its signal was aborted; after that it is left behind. */
export const ABORT_GRACE_MS = 2_000

export type Outcome<T> =
  | { kind: 'returned'; value: T }
  | NotDone
  /** `isStuck`: the call has not ended and may still take effect, so it must be overtaken by a higher lease epoch. */
  | { kind: 'unknown'; says: string; isStuck: boolean }

/**
 * Runs one attempt under its deadline. A call that ends within the grace after its deadline is believed: what it returns
 * or throws is better knowledge than "unknown". Throws LeaseLost and WorkerCrashed, which are not outcomes.
 */
export async function callStep<T>(
  call: (signal: AbortSignal) => Promise<T>,
  { timeoutMs, leaseSignal, stopSignal }: { timeoutMs: number; leaseSignal: AbortSignal; stopSignal: AbortSignal },
): Promise<Outcome<T>> {
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(new DeadlinePassed(timeoutMs)), timeoutMs)
  const { signal, release } = joinSignals(deadline.signal, leaseSignal, stopSignal)
  const settled = new AbortController()
  try {
    const ended = settle(() => call(signal))
    const outcome = await Promise.race([ended, leftBehind<T>(signal, settled.signal)])
    if (leaseSignal.aborted) throw leaseSignal.reason
    return outcome
  } finally {
    clearTimeout(timer)
    settled.abort()
    release()
  }
}

async function settle<T>(call: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { kind: 'returned', value: await call() }
  } catch (error) {
    if (error instanceof LeaseLost || error instanceof WorkerCrashed) throw error
    return refusalOf(error) ?? { kind: 'unknown', says: sentenceOf(error), isStuck: false }
  }
}

/** Resolves some time after the signal was aborted; never when the call has ended by then. */
async function leftBehind<T>(signal: AbortSignal, settled: AbortSignal): Promise<Outcome<T>> {
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await aborted
  await sleep(ABORT_GRACE_MS, undefined, { signal: settled }).catch(() => {})
  return { kind: 'unknown', says: sentenceOf(signal.reason), isStuck: true }
}

class DeadlinePassed extends Error {
  override name = 'DeadlinePassed'
  constructor(timeoutMs: number) {
    super(`The deadline of ${timeoutMs} ms passed before an answer came.`)
  }
}

/** What goes into the journal: one line, bounded. */
export function sentenceOf(error: unknown): string {
  const text =
    error instanceof Error ? `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}` : String(error)
  return text.replaceAll(/\s+/g, ' ').slice(0, SENTENCE_LENGTH_MAX)
}

const SENTENCE_LENGTH_MAX = 500
