import { setTimeout as sleep } from 'node:timers/promises'
import { createLiveFeed } from '@/server/db'
import { forcedWorkflow } from '@/server/domain/operations/forced/forced-workflow'
import { ForcedCell } from '@/server/domain/operations/forced/testing-forced'
import { approveRequest } from '@/server/domain/operations/requests/approve-request'
import { SCOPE } from '@/server/domain/operations/testing-cell'
import { startOperationWorker } from '@/server/workflows'
import { findOperation, type OperationRecord } from '@/server/workflows/operation-record'
import { bareFailover } from './bare-failover'

const RUN_MS_MAX = 60_000
const POLL_MS = 5
/** A loaded machine may take longer than one patience of the cell until its servers look healthy again. */
const HEAL_TRIES_MAX = 5

/** `approvedAtMs`: when the vote that completed the quorum was in the catalog; without one, when the script began. */
export type Failover = {
  startedAtMs: number
  approvedAtMs: number
  firstAckAtMs: number
  operation: OperationRecord | null
}

/**
 * One real cell, its catalog and an application that writes all the time and follows the catalog. The worker hears of work as
 * the real one does, by announcement.
 */
export class ForcedStage {
  private constructor(
    private readonly cell: ForcedCell,
    private readonly end: AbortController,
    private readonly ended: Promise<unknown>,
  ) {}

  static async open(): Promise<ForcedStage> {
    const cell = await ForcedCell.start()
    const end = new AbortController()
    const feed = createLiveFeed(cell.base.catalog.url)
    const { signal } = end
    const { done } = startOperationWorker({
      db: cell.db,
      workflows: [forcedWorkflow],
      deps: followingDeps(cell),
      workerName: 'worker-1',
      homeRegion: 'eu-west-1',
      signal,
      subscribe: (wake) => {
        const follow = async () => {
          for await (const _ of feed.follow({ lastEventId: null, topics: ['operations', 'resync'] }, signal)) wake()
        }
        follow().catch(() => {}) // ends with the stage
        return () => {}
      },
    })
    return new ForcedStage(
      cell,
      end,
      done.then(() => feed.stop()),
    )
  }

  /** Killed, found dead, planned, asked for, approved by one person and, at `startedAtMs`, by the second. */
  async failOverByHomeport(): Promise<Failover> {
    const { source, epoch } = await this.begin()
    await this.cell.base.cell.fleet.member(source).kill()
    const { base } = this.cell
    const vote = await this.cell.ask({}, 'ServerDown')
    await approveRequest(base.ctxOf('approver'), vote)
    const startedAtMs = nowMs()
    const { operationId } = await approveRequest(base.ctxOf('second'), vote)
    const approvedAtMs = nowMs()
    const firstAckAtMs = await this.untilAckedAt(epoch + 1n)
    const operation = await this.untilFinal(operationId!)
    if (operation.status !== 'done') throw new Error(`It is ${operation.status}: ${operation.statusReason}`)
    const violations = await this.cell.violations(operation)
    if (violations.length > 0) throw new Error(violations.join(' '))
    return { startedAtMs, approvedAtMs, firstAckAtMs, operation }
  }

  async failOverByHand(): Promise<Failover> {
    const { source, target, epoch } = await this.begin()
    const { fleet } = this.cell.base.cell
    const [from, to] = [fleet.member(source), fleet.member(target)]
    await from.kill()
    const startedAtMs = nowMs()
    await bareFailover({
      source: from,
      target: { dsn: to.adminDsn, region: to.region },
      scope: SCOPE,
      epoch: epoch + 1n,
    })
    await this.cell.db.regionWriteEpoch.update({
      where: { logicalScope: SCOPE },
      data: { epoch: epoch + 1n, activeMember: target, activeRegion: to.region },
    })
    const firstAckAtMs = await this.untilAckedAt(epoch + 1n)
    return { startedAtMs, approvedAtMs: startedAtMs, firstAckAtMs, operation: null }
  }

  async close(): Promise<void> {
    this.end.abort()
    await this.ended
    await this.cell.stop()
  }

  private async begin() {
    await this.heal()
    const { epoch } = await this.cell.base.epochRow()
    return { ...(await this.cell.roles()), epoch }
  }

  private async heal(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const failure = await this.cell.heal().then(
        () => null,
        (error: unknown) => error,
      )
      if (failure === null) return
      if (tries >= HEAL_TRIES_MAX) throw failure
    }
  }

  private async untilAckedAt(epoch: bigint): Promise<number> {
    const giveUpAtMs = nowMs() + RUN_MS_MAX
    for (;;) {
      const first = this.cell.writer.acks.find((ack) => ack.epoch === epoch)
      if (first) return first.ackedAtMs
      if (nowMs() > giveUpAtMs) throw new Error(`No write was acknowledged at epoch ${epoch}.`)
      await sleep(POLL_MS)
    }
  }

  private async untilFinal(operationId: string): Promise<OperationRecord> {
    const giveUpAtMs = nowMs() + RUN_MS_MAX
    for (;;) {
      const operation = await findOperation(this.cell.db, operationId)
      if (operation && ['done', 'undone', 'needs-human'].includes(operation.status)) return operation
      if (nowMs() > giveUpAtMs) throw new Error(`It is ${operation?.status} after ${RUN_MS_MAX} ms.`)
      await sleep(POLL_MS * 10)
    }
  }
}

/** Where the console stands changes from round to round, with the cell's writer; the worker follows. */
function followingDeps(cell: ForcedCell): ForcedCell['deps'] {
  return {
    ...cell.deps,
    endpointOf: (member) => cell.deps.endpointOf(member),
    get vantageRegion() {
      return cell.deps.vantageRegion
    },
  }
}

function nowMs(): number {
  return performance.timeOrigin + performance.now()
}
