import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { joinSignals } from '@/model/join-signals'
import { type Clock, systemClock } from '@/server/clock'
import type { Db } from '@/server/db'
import { log } from '@/server/log'
import { UNDO_EVERY_MS } from './advance'
import { sentenceOf } from './call-step'
import type { Workflow } from './define'
import { type FaultPlan, WorkerCrashed } from './faults'
import { type Held, LeaseLost } from './journal'
import { acquireLease, keepLease, releaseLease, servedAs } from './lease'
import { runOperation } from './run'

export const LEASE_TTL_MS = 10_000
export const POLL_MS = 500
export const OPERATIONS_CONCURRENT_MAX = 8
/** How long a stopping worker lets a running step end by itself before it aborts it. */
export const DRAIN_MS = 5_000
/** Pause after an error that is nobody's outcome (the catalog is away, a bug), so that it cannot become a storm. */
export const ERROR_PAUSE_MS = 500
const RELEASE_ATTEMPTS_MAX = 5

export type OperationWorker<Deps> = {
  db: Db
  /** Several versions of one kind may be served at once, so that old operations finish as they began. */
  workflows: readonly Workflow<unknown, Deps>[]
  deps: Deps
  /** Unique among living workers; shown as the lease holder. */
  workerName: string
  /** Where this worker runs; stamped on its audit events. */
  homeRegion: string
  leaseTtlMs?: number
  pollMs?: number
  drainMs?: number
  concurrencyMax?: number
  /** Between two slow tries to go back: doubles from the least to the most. */
  undoEveryMs?: { min: number; max: number }
  clock?: Clock
  /** Stops the worker: running steps may end, are recorded, and their leases are given back. */
  signal: AbortSignal
  /** Calls `wake` whenever there may be work, e.g. on announcements; polling goes on regardless. Returns how to stop. */
  subscribe?: (wake: () => void) => () => void
  /** Takes this operation only: for tests that must not take each other's. */
  operationId?: string
  faults?: FaultPlan | undefined
}

/** Takes operations until stopped. `done` resolves when every lease is given back, and rejects only for a bug. */
export function startOperationWorker<Deps>(worker: OperationWorker<Deps>): { done: Promise<void> } {
  return { done: new Loop(worker).run() }
}

class Loop<Deps> {
  private readonly running = new Set<Promise<void>>()
  private readonly stopNow = new AbortController()
  /** A worker that crashed in a test does nothing more, like a dead process. */
  private readonly crashed = new AbortController()
  private readonly ending: AbortSignal
  private isWoken = false
  private isCatalogAway = false
  private timer: NodeJS.Timeout | undefined
  private resume: () => void = () => {}

  constructor(private readonly worker: OperationWorker<Deps>) {
    this.ending = joinSignals(worker.signal, this.crashed.signal).signal
    // Each operation listens to each of them at most once at a time, and the loop itself to the first.
    setMaxListeners(this.concurrencyMax + 1, this.ending, this.crashed.signal, this.stopNow.signal)
  }

  async run(): Promise<void> {
    const unsubscribe = this.worker.subscribe?.(() => this.wake())
    const onEnd = () => this.wake()
    this.ending.addEventListener('abort', onEnd, { once: true })
    while (!this.ending.aborted) {
      const isTaken = this.running.size < this.concurrencyMax && (await this.takeOne())
      if (!isTaken) await this.untilWork()
    }
    unsubscribe?.()
    this.ending.removeEventListener('abort', onEnd)
    await this.drain()
  }

  private get concurrencyMax(): number {
    return this.worker.concurrencyMax ?? OPERATIONS_CONCURRENT_MAX
  }

  private async takeOne(): Promise<boolean> {
    const { db, workerName, homeRegion, workflows, operationId, leaseTtlMs = LEASE_TTL_MS } = this.worker
    const served = workflows.map(servedAs)
    const order = { holder: workerName, ttlMs: leaseTtlMs, homeRegion, served, ...(operationId && { operationId }) }
    const held = await acquireLease(db, order).then(
      (taken) => this.reachedJournal(taken),
      (error: unknown) => this.missedJournal(error),
    )
    if (!held) return false
    const run = this.drive(held).finally(() => {
      this.running.delete(run)
      this.wake()
    })
    this.running.add(run)
    return true
  }

  private reachedJournal(taken: Held | null): Held | null {
    if (this.isCatalogAway) log.info('The journal answers again.')
    this.isCatalogAway = false
    return taken
  }

  /** Said once an outage, not once a poll. */
  private missedJournal(error: unknown): null {
    if (!this.isCatalogAway) log.error({ error: sentenceOf(error) }, 'The journal could not be asked for work.')
    this.isCatalogAway = true
    return null
  }

  private async drive(held: Held): Promise<void> {
    const { db, workflows, deps, clock = systemClock, undoEveryMs = UNDO_EVERY_MS, faults } = this.worker
    const served = `${held.operation.kind}@${held.operation.workflowVersion}`
    const workflow = workflows.find((candidate) => servedAs(candidate) === served)!
    const kept = keepLease(db, held.lease, clock)
    const { signal: leaseSignal, release } = joinSignals(kept.signal, this.crashed.signal)
    try {
      const { ending: stopping, stopNow } = this
      const end = await runOperation({
        db,
        workflow,
        deps,
        held,
        leaseSignal,
        stopping,
        stopNow: stopNow.signal,
        undoEveryMs,
        faults,
      })
      if (end === 'stopped') await releaseLease(db, held.lease)
    } catch (error) {
      await this.afterError(held, error)
    } finally {
      kept.stop()
      release()
    }
  }

  private async afterError({ lease, operation }: Held, error: unknown): Promise<void> {
    if (error instanceof WorkerCrashed) this.crashed.abort(error)
    if (this.crashed.signal.aborted) return
    if (error instanceof LeaseLost) return log.info({ operation: operation.code }, error.message)
    log.error({ operation: operation.code, error: sentenceOf(error) }, 'An operation was interrupted.')
    // Whoever takes it next finds the step as it was last recorded and looks before it acts.
    for (let attempt = 1; attempt <= RELEASE_ATTEMPTS_MAX; attempt++) {
      const isReleased = await releaseLease(this.worker.db, lease).then(
        () => true,
        () => false, // left to run out, if the catalog stays away
      )
      await sleep(ERROR_PAUSE_MS, undefined, { signal: this.ending }).catch(() => {})
      if (isReleased) return
    }
  }

  /** Until woken or polled; a wake that came before the wait counts. */
  private async untilWork(): Promise<void> {
    if (!this.isWoken) {
      await new Promise<void>((resolve) => {
        this.resume = resolve
        this.timer = setTimeout(resolve, this.worker.pollMs ?? POLL_MS)
      })
      clearTimeout(this.timer)
    }
    this.isWoken = false
  }

  private wake(): void {
    this.isWoken = true
    this.resume()
  }

  private async drain(): Promise<void> {
    const timer = setTimeout(
      () => this.stopNow.abort(new Error('The worker is shutting down.')),
      this.worker.drainMs ?? DRAIN_MS,
    )
    await Promise.all(this.running)
    clearTimeout(timer)
  }
}
