import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '@/server/clock'
import type { Db } from '@/server/db'
import { type CallOptions, type Endpoint, type EngineAdapter, NotDone } from '@/server/engines/contract'
import { log } from '@/server/log'
import { decideOrder, type LeaseKnown } from './decide-order'
import { askGrant, type Grant, sayFinal, stopKeeping } from './lease-catalog'
import {
  CATALOG_CALL_MS,
  CLOCK_ANSWER_MS_MAX,
  catalogPatienceMs,
  horizonMs,
  keeperTtlMs,
  renewEveryMs,
  retryEveryMs,
  serverCallMs,
  takeOverEveryMs,
} from './limits'
import { whyNotReady } from './why-not-ready'

export type KeeperDeps = {
  db: Db
  engine: EngineAdapter
  clock: Clock
  endpointOf(memberId: string): Promise<Endpoint>
  workerName: string
  signal: AbortSignal
}

type Kept = LeaseKnown & {
  epoch: bigint
  memberId: string
  endpoint: Endpoint
  keeperEpoch: bigint
  /** What keepers before this one may have ordered up to. */
  inheritedUntilMs: number
  /** The latest end that this keeper ordered and that was, or may have been, carried out. */
  orderedUntilMs: number
  isStopped: boolean
  isFinal: boolean
}

/**
 * Keeps the lease of one scope for as long as this worker is its keeper. What it orders is bounded by what the catalog has
 * granted, so it goes on without the catalog until that has passed, and may be killed, frozen or doubled at any point.
 */
export class LeaseKeeper {
  private kept: Kept | null = null
  private asking: Promise<void> | null = null
  private askedAtMs = Number.NEGATIVE_INFINITY
  private catalogTime: { nowMs: number; atMs: number } | null = null
  private said = ''

  constructor(
    private readonly deps: KeeperDeps,
    private readonly scope: string,
    public leaseMs: number,
  ) {}

  /** Turns until the signal aborts, then gives back what it will not use. */
  async run(): Promise<void> {
    await Promise.all([this.takeTurns(), this.keepAsking()])
    await this.leave().catch((error: unknown) =>
      log.warn({ scope: this.scope, err: error }, 'A lease was not given back.'),
    )
  }

  private async takeTurns(): Promise<void> {
    const { signal } = this.deps
    while (!signal.aborted) {
      const pauseMs = await this.turn().catch((error: unknown) => {
        this.say(
          'warn',
          `It cannot be renewed: ${error instanceof Error ? error.message.slice(-300) : 'unknown reason'}`,
        )
        return retryEveryMs(this.leaseMs)
      })
      await wait(Math.max(0, pauseMs), undefined, { signal }).catch(() => undefined)
    }
  }

  /** One look, one order or one question. Resolves with the pause before the next, in ms. */
  private async turn(): Promise<number> {
    await this.ask()
    const kept = this.kept
    if (!kept) return takeOverEveryMs(this.leaseMs)
    if (kept.isStopped) return retryEveryMs(this.leaseMs)
    const decision = decideOrder(kept, { nowMs: this.nowMs(), leaseMs: this.leaseMs })
    switch (decision.kind) {
      case 'order':
        return this.order(kept, decision.untilMs)
      case 'look':
        return this.look(kept)
      case 'wait':
        return decision.forMs
      case 'out-of-grant':
        this.say('warn', 'Nothing more is granted: the catalog does not answer.')
        return retryEveryMs(this.leaseMs)
    }
  }

  /** Waits for the catalog's answer, when one is due, only as long as the lease can do without. */
  private async ask(): Promise<void> {
    this.askAfter(this.kept ? renewEveryMs(this.leaseMs) * 0.8 : 0)
    if (this.asking) await settled(this.asking, catalogPatienceMs(this.leaseMs))
  }

  /** While the server does not answer, a stop is noticed, and answered with the last word, although a turn waits for it. */
  private async keepAsking(): Promise<void> {
    const { signal } = this.deps
    while (!signal.aborted) {
      await wait(retryEveryMs(this.leaseMs), undefined, { signal }).catch(() => undefined)
      if (this.kept?.isSeen === false && !signal.aborted) this.askAfter(retryEveryMs(this.leaseMs))
    }
  }

  /** One question at a time. */
  private askAfter(pauseMs: number): void {
    const nowMs = this.deps.clock.monotonicMs()
    if (this.asking || nowMs - this.askedAtMs < pauseMs) return
    this.askedAtMs = nowMs
    this.asking = this.askNow(nowMs)
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message.slice(-300) : 'unknown reason'
        this.say('warn', `The catalog does not answer, what was granted before still counts: ${reason}`)
      })
      .finally(() => {
        this.asking = null
      })
  }

  private async askNow(sentAtMs: number): Promise<void> {
    const { db, workerName: holder, clock, endpointOf } = this.deps
    const before = this.kept
    const { leaseMs } = this
    const grantsMore = before?.isSeen === true && before.pendingUntilMs === null
    const grant = await within(
      CATALOG_CALL_MS,
      askGrant(db, {
        ...{ scope: this.scope, holder, keeperTtlMs: keeperTtlMs(leaseMs) },
        more: grantsMore ? { leaseMs, horizonMs: horizonMs(leaseMs) } : null,
        known: before && { ...before, orderedUntilMs: before.orderedUntilMs || null },
      }),
    )
    const tookMs = clock.monotonicMs() - sentAtMs
    if (!grant) {
      this.kept = null
      return
    }
    // Counted from the sending, so that it is never behind: a server is held to it.
    if (tookMs <= CLOCK_ANSWER_MS_MAX || !this.catalogTime) this.catalogTime = { nowMs: grant.nowMs, atMs: sentAtMs }
    const endpoint = await within(CATALOG_CALL_MS, endpointOf(grant.memberId))
    this.take(grant, endpoint)
    if (this.kept?.isStopped && !this.kept.isFinal) await this.sayLastWord(this.kept)
  }

  private take(grant: Grant, endpoint: Endpoint): void {
    const { kept } = this
    const { keeperEpoch, epoch, memberId, grantedUntilMs, notedUntilMs, isStopped, isFinal } = grant
    if (kept?.keeperEpoch === keeperEpoch && kept.epoch === epoch && kept.memberId === memberId) {
      kept.grantedUntilMs = Math.max(kept.grantedUntilMs, grantedUntilMs)
      Object.assign(kept, { endpoint, notedUntilMs, isStopped, isFinal })
      return
    }
    // Under an unbroken hold, nobody else can have ordered anything at an epoch that is new to us.
    const inheritedUntilMs = kept?.keeperEpoch === keeperEpoch && kept.epoch < epoch ? 0 : grantedUntilMs
    this.kept = {
      ...{ keeperEpoch, epoch, memberId, endpoint, grantedUntilMs, inheritedUntilMs, isStopped, isFinal },
      ...{ orderedUntilMs: 0, notedUntilMs: null, pendingUntilMs: null, appliedUntilMs: null, isSeen: false },
    }
    this.askedAtMs = Number.NEGATIVE_INFINITY // the first question granted nothing
  }

  private async order(kept: Kept, untilMs: number): Promise<number> {
    const { failover } = this.deps.engine
    if (!failover.supported) throw new Error(failover.reason)
    const lease = { scope: this.scope, epoch: kept.epoch, until: new Date(untilMs), lastsMs: untilMs - this.nowMs() }
    const before = kept.orderedUntilMs
    kept.orderedUntilMs = Math.max(before, untilMs)
    const isFirst = kept.appliedUntilMs === null
    try {
      const until = await failover.renewLease(kept.endpoint, lease, this.call())
      kept.appliedUntilMs = Math.max(until.getTime(), kept.appliedUntilMs ?? 0)
      kept.pendingUntilMs = null
      kept.isSeen = true
      this.say('info', `It is renewed on ${kept.memberId} at epoch ${kept.epoch}.`)
      if (!isFirst) return 0
      this.askedAtMs = Number.NEGATIVE_INFINITY // from now on the cell is leased, and the catalog should know
      return 0
    } catch (error) {
      kept.isSeen = false
      const isUnknown = !(error instanceof NotDone)
      if (isUnknown) kept.pendingUntilMs = untilMs
      else if (kept.pendingUntilMs === null) kept.orderedUntilMs = before
      this.say('warn', error instanceof Error ? error.message.slice(-300) : 'Its renewal failed.')
      return isUnknown ? retryEveryMs(this.leaseMs) : renewEveryMs(this.leaseMs)
    }
  }

  private async look(kept: Kept): Promise<number> {
    const report = await this.deps.engine.observe(kept.endpoint, this.scope, this.call())
    const problem = whyNotReady(report, kept)
    if (problem !== null) {
      this.say('warn', problem)
      return retryEveryMs(this.leaseMs)
    }
    kept.isSeen = true
    kept.pendingUntilMs = null
    const leaseUntil = report.reachable ? (report.gate?.leaseUntil ?? null) : null
    if (leaseUntil) kept.appliedUntilMs = Math.max(leaseUntil.getTime(), kept.appliedUntilMs ?? 0)
    this.askedAtMs = Number.NEGATIVE_INFINITY // it may be granted more now
    return 0
  }

  /**
   * An operation has stopped the lease: nothing more is ordered at this epoch, and what was may end by then. An order under
   * way counts, since its end was noted before it was sent.
   */
  private async sayLastWord(kept: Kept): Promise<void> {
    const { db, workerName: holder } = this.deps
    const finalUntilMs = Math.max(kept.inheritedUntilMs, kept.orderedUntilMs)
    kept.isFinal = await within(CATALOG_CALL_MS, sayFinal(db, { ...kept, scope: this.scope, holder, finalUntilMs }))
    this.say('info', `It was stopped at epoch ${kept.epoch}: it ends by ${new Date(finalUntilMs).toISOString()}.`)
  }

  private async leave(): Promise<void> {
    const { kept } = this
    if (this.asking) await settled(this.asking, CATALOG_CALL_MS)
    if (!kept || this.kept !== kept) return
    const orderedUntilMs = Math.max(kept.inheritedUntilMs, kept.orderedUntilMs)
    await within(
      CATALOG_CALL_MS,
      stopKeeping(this.deps.db, { ...kept, scope: this.scope, holder: this.deps.workerName, orderedUntilMs }),
    )
  }

  /** The catalog's time, not behind it by more than its answer lost on the way back, whatever this machine's clock says. */
  private nowMs(): number {
    if (!this.catalogTime) throw new Error('The catalog has not told its time yet.')
    return this.catalogTime.nowMs + this.deps.clock.monotonicMs() - this.catalogTime.atMs
  }

  private call(): CallOptions {
    return { timeoutMs: serverCallMs(this.leaseMs), signal: this.deps.signal }
  }

  /** Once a change. */
  private say(level: 'info' | 'warn', says: string): void {
    if (says === this.said) return
    this.said = says
    log[level]({ scope: this.scope, says }, 'The write lease of a cell.')
  }
}

/** Waits for the work, at most so long; it goes on behind. */
async function settled(work: Promise<unknown>, atMostMs: number): Promise<void> {
  const over = new AbortController()
  await Promise.race([work, wait(atMostMs, undefined, { signal: over.signal }).catch(() => undefined)])
  over.abort()
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const over = new AbortController()
  work.catch(() => undefined) // after the deadline nobody listens
  const deadline = wait(ms, undefined, { signal: over.signal }).then(() => {
    throw new Error(`No answer within ${ms} ms.`)
  })
  deadline.catch(() => undefined)
  try {
    return await Promise.race([work, deadline])
  } finally {
    over.abort()
  }
}
