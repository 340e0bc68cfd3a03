import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { DomainError } from '@/model/errors'
import type { Override } from '@/model/schemas/plans'
import { runSequencer } from '@/server/domain/audit'
import { approveRequest, previewReinstatement, requestOperation, startBreakGlass } from '@/server/domain/operations'
import { ForcedCell, undeclared } from '@/server/domain/operations/forced/testing-forced'
import { actualLoss } from '@/server/domain/operations/forced/testing-loss'
import { SCOPE } from '@/server/domain/operations/testing-cell'
import { attendReturns, bringBackServer } from '@/server/domain/stale-servers'
import { leaseEndsAt } from '@/server/domain/write-leases'
import { type ControlApi, openControlApi } from '@/server/fleet'
import { isCatalogLost } from '@/server/process'
import { requestAbort } from '@/server/workflows'
import { findOperation, type OperationRecord } from '@/server/workflows/operation-record'
import type { Moment } from '../switchover/plan-attacks'
import { findingOf, forgetDelays, isSilent, prepareOne, relent, resolvePrepared, strike } from './faults'
import { journalViolations, PREPARED_IDS_FROM, TRUTH_WITHIN_MS, tailViolations, truthViolations } from './judge'
import type { Attack, Blow } from './plan-attacks'
import { type Crew, Workers } from './workers'

const WRITE_LEASE_MS = 1_500
const POLL_MS = 25
const STAGE_MS_MAX = 300_000
/** A moment that has not come by then will not: its blow is not dealt. */
const MOMENT_MS_MAX = 20_000
const TRUTH_EVERY_MS = 500
const ASKED_MAX = 5
const insisting: Override = { rule: 'primary-is-not-healthy', reason: 'The host has to go now.' }

/** What became of one attack: how far it came, beside what broke. */
type Played = {
  violations: string[]
  status: string
  /** Why the failover went back, where it did. */
  reason: string | null
  strength: string | null
  lostCount: number
}

/** One cell that is leased or not, with its catalog; every run attacks a failover on it and everything that follows from it. */
export class ForcedArena {
  readonly workers: Workers
  private readonly end = new AbortController()
  private readonly attending: Promise<unknown>
  private prepared = PREPARED_IDS_FROM

  private constructor(
    readonly cell: ForcedCell,
    private readonly control: ControlApi,
  ) {
    this.workers = new Workers(cell)
    const { deps } = cell
    const around = { db: cell.db, engine: deps.engine, workerName: 'arena', signal: this.end.signal }
    this.attending = Promise.all([
      attendReturns({ ...around, endpointOf: (member) => cell.deps.endpointOf(member), homeRegion: 'eu-west-1' }),
      runSequencer(cell.db, { holder: 'arena', signal: this.end.signal }),
    ])
  }

  static async open(): Promise<ForcedArena> {
    const cell = await ForcedCell.start({ writeLeaseMs: WRITE_LEASE_MS })
    return new ForcedArena(cell, await openControlApi(cell.base.cell.fleet.fleet))
  }

  async close(): Promise<void> {
    await this.workers.endAll()
    this.end.abort()
    await this.attending
    await this.control.close()
    await this.cell.stop()
  }

  async play(attack: Attack): Promise<Played> {
    const { cell } = this
    await this.begin(attack)
    const { source } = await cell.roles()
    const { epoch } = await cell.base.epochRow()
    const stage = new AbortController()
    const truth = this.watchTruth(attack, source, stage.signal)
    try {
      if (attack.isPrepared) await prepareOne(cell, source, this.prepared++)
      await strike(cell, attack.fault, source)
      const operation = await this.failOver(attack, source)
      // A listener that is still asleep would answer no question of the judge, and its sessions write on either way.
      if (operation.status !== 'done' && attack.fault === 'freeze-listener') await relent(cell, source)
      const receipt = await cell.db.fenceReceipt.findFirst({ where: { operationId: operation.id } })
      const violations = [
        ...(await cell.violations(operation)).filter((found) => !isExcused(found, attack)),
        ...(await breakGlassViolations(cell, operation, attack)),
        ...(await journalViolations(cell.db, operation)),
      ]
      stage.abort()
      violations.push(...(await truth))
      const { status, statusReason: reason } = operation
      const played = { violations, status, reason, strength: receipt?.strength ?? null, lostCount: 0 }
      if (operation.status !== 'done') return played
      played.lostCount = (await actualLoss(cell.base, epoch)).lostCount
      violations.push(...(await this.bringHome(attack, operation, source, epoch)))
      return played
    } finally {
      stage.abort()
      await truth.catch(() => {})
      await this.workers.endAll()
    }
  }

  /** A healthy cell, leased or not as this run wants it, with a power switch or without. */
  async begin({ means }: Pick<Attack, 'means'>): Promise<void> {
    const { cell } = this
    await forgetDelays(cell)
    const isLeased = means === 'lease'
    await cell.db.cell.update({ where: { id: 'cell' }, data: { writeLeaseMs: isLeased ? WRITE_LEASE_MS : null } })
    await cell.heal()
    // What the run before prepared, on a server that could not be reached when that run ended.
    await resolvePrepared(cell, (await cell.roles()).source, 'ROLLBACK')
    await forgetDelays(cell)
    cell.hasAgent = means === 'power'
    await cell.until('the lease to be as declared', async () => {
      const end = await leaseEndsAt(cell.db, SCOPE)
      return isLeased ? end !== null : true
    })
  }

  private async failOver(attack: Attack, source: string): Promise<OperationRecord> {
    const operationId = await this.untilAgreed(() => this.ask(attack))
    const stage = new AbortController()
    const blows = attack.blows.map(({ at, blow }) => this.deal(operationId, source, at, blow, stage.signal))
    try {
      return await this.workers.drive(operationId, crewOf(attack, 'failover'), attack.fates.failover, blows)
    } finally {
      stage.abort()
      await Promise.all(blows)
    }
  }

  /** What cannot be verified at this moment, on a machine that stalls, is asked for once more, as people would. */
  async untilAgreed<T>(agree: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await agree()
      } catch (error) {
        const isUnsure = error instanceof DomainError && error.code === 'precondition-failed'
        if (!(isUnsure || isCatalogLost(error)) || attempt === ASKED_MAX) throw error
        await this.cell.db.$executeRaw`
          UPDATE operation_request SET status = 'withdrawn', closed_at = now() WHERE status = 'waiting'`
      }
    }
  }

  /** Planned, asked for, and approved by two others; or by break-glass and one other, where nothing but people's word is to be had. */
  private async ask({ fault, means }: Attack): Promise<string> {
    const finding = findingOf[fault] ?? undefined
    const overrides = fault === 'alive' || fault === 'alone' ? [undeclared, insisting] : [undeclared]
    if (means !== 'declared') return this.cell.enqueue({ overrides }, finding)
    const { plan, planHash } = await this.cell.plan({ overrides, isBreakGlass: true, isDeclared: true }, finding)
    const { requestId } = await startBreakGlass(this.cell.base.ctxOf('operator'), {
      cellId: 'cell',
      targetMember: plan.target.member,
      planHash,
      typedRegion: plan.source.region,
      reason: 'Nobody can be reached, and it is dead.',
      idempotencyKey: randomUUID(),
    })
    const confirmedOverrides = plan.overrides.map(({ rule }) => rule)
    const attested = { id: requestId, planHash, reason: 'I was there: it is dead.', confirmedOverrides }
    const { operationId } = await approveRequest(this.cell.base.ctxOf('approver'), attested)
    return operationId!
  }

  /** The old primary comes back, is closed, read out, held against the application's own list, and rebuilt. */
  private async bringHome(attack: Attack, { id }: OperationRecord, source: string, epoch: bigint): Promise<string[]> {
    const { cell } = this
    const { id: staleId } = await cell.db.staleServer.findFirstOrThrow({ where: { operationId: id } })
    const receipt = await cell.db.fenceReceipt.findFirst({ where: { operationId: id } })
    await forgetDelays(cell)
    await relent(cell, source)
    if (receipt?.strength === 'POWERED_OFF')
      await bringBackServer(cell.base.ctxOf('operator'), { id: staleId, reason: 'It is repaired.' }).catch(() => {}) // somebody is at it already
    const returned = await this.untilExtracted(attack, source, staleId)
    const violations = await tailViolations(cell, staleId, epoch)
    for (const operation of returned) violations.push(...(await journalViolations(cell.db, operation)))
    violations.push(...(await this.rebuild(attack, staleId, source)))
    return violations
  }

  private async untilExtracted(attack: Attack, source: string, staleId: string): Promise<OperationRecord[]> {
    const { cell } = this
    const giveUpAtMs = performance.now() + STAGE_MS_MAX
    const seen = new Set<string>()
    for (;;) {
      const stale = await cell.db.staleServer.findUniqueOrThrow({ where: { id: staleId } }).catch(() => null)
      const rows = await cell.db.operation.findMany({
        where: { scope: `server:${source}`, createdAt: { gte: stale?.leftAt ?? new Date(0) } },
        orderBy: { createdAt: 'asc' },
      })
      const next = rows.find(({ id }) => !seen.has(id))
      if (next) {
        await this.workers.drive(next.id, crewOf(attack, 'return'), seen.size === 0 ? attack.fates.return : null)
        seen.add(next.id)
        if (attack.isPrepared) await resolvePrepared(cell, source, attack.clockShiftMs === 0 ? 'ROLLBACK' : 'COMMIT')
        continue
      }
      if (stale?.status === 'extracted') break
      if (performance.now() > giveUpAtMs) {
        const ended = rows.map(({ status, statusReason }) => `${status}: ${statusReason}`)
        throw new Error(`${source} is ${stale?.status} ${STAGE_MS_MAX} ms after it came back: ${stale?.says} ${ended}`)
      }
      await sleep(POLL_MS)
    }
    const found = await Promise.all([...seen].map((id) => findOperation(cell.db, id)))
    return found.filter((operation) => operation !== null)
  }

  private async rebuild(attack: Attack, staleId: string, source: string): Promise<string[]> {
    const { cell } = this
    const { target: member } = await cell.roles()
    const operationId = await this.untilAgreed(() => this.askToRebuild(staleId, source))
    const operation = await this.workers.drive(operationId, crewOf(attack, 'reinstatement'), attack.fates.reinstatement)
    const violations = await journalViolations(cell.db, operation)
    const stale = await cell.db.staleServer.findUniqueOrThrow({ where: { id: staleId } })
    if (operation.status === 'done' && stale.status !== 'rebuilt')
      violations.push(`Rebuilt, and recorded as ${stale.status}.`)
    if (operation.status === 'done' && !(await cell.base.isFollowing(member, (await cell.roles()).source)))
      violations.push(`${member} was rebuilt and follows nobody.`)
    return violations
  }

  private async askToRebuild(staleId: string, source: string): Promise<string> {
    const { cell } = this
    const operator = cell.base.ctxOf('operator')
    let preview = await previewReinstatement(operator, { id: staleId })
    await cell.until('a plan to rebuild', async () => {
      if (!preview.plan) preview = await previewReinstatement(operator, { id: staleId })
      return preview.plan !== null
    })
    const planHash = preview.planHash!
    const { requestId } = await requestOperation(operator, {
      kind: 'reinstatement',
      cellId: 'cell',
      targetMember: preview.plan!.target.member,
      planHash,
      typedRegion: cell.base.cell.fleet.member(source).region,
      reason: 'It is read out.',
      idempotencyKey: randomUUID(),
    })
    const vote = { id: requestId, planHash, reason: 'It is read out.' }
    const { operationId } = await approveRequest(cell.base.ctxOf('approver'), vote)
    return operationId!
  }

  private async deal(operationId: string, source: string, at: Moment, blow: Blow, stage: AbortSignal): Promise<void> {
    if (!(await this.moment(operationId, at, stage))) return
    const { base } = this.cell
    switch (blow.kind) {
      case 'kill-worker':
        return this.workers.killHolder(operationId)
      case 'abort':
        return this.workers.command(operationId, requestAbort)
      case 'kill-catalog':
        await base.catalog.server.kill()
        await sleep(blow.downMs)
        return base.catalog.server.start()
      case 'kill-target': {
        const target = base.cell.fleet.members.find(({ name }) => name !== source)!
        await target.kill()
        await sleep(blow.downMs)
        return target.start()
      }
      case 'source-returns':
        return relent(this.cell, source)
    }
  }

  /** False when the step was never seen to run. */
  private async moment(operationId: string, { step, delayMs }: Moment, stage: AbortSignal): Promise<boolean> {
    const giveUpAtMs = performance.now() + MOMENT_MS_MAX
    while (!stage.aborted && performance.now() < giveUpAtMs) {
      const found = (await this.workers.read(operationId))?.steps.find(({ name }) => name === step)
      if (found && found.status !== 'pending') {
        await sleep(delayMs)
        return true
      }
      await sleep(POLL_MS)
    }
    return false
  }

  /** I13, all the time: what is shown while nobody can see the primary. */
  private async watchTruth({ fault, blows }: Attack, source: string, stage: AbortSignal): Promise<string[]> {
    const isBack = blows.some(({ blow }) => blow.kind === 'source-returns')
    const found = new Set<string>()
    if (!isSilent[fault] || isBack) return []
    await sleep(TRUTH_WITHIN_MS, undefined, { signal: stage }).catch(() => {})
    while (!stage.aborted) {
      const { source: writer } = await this.cell.roles().catch(() => ({ source: '' }))
      if (writer === source)
        for (const says of await truthViolations(this.cell, source).catch(() => [])) found.add(says)
      await sleep(TRUTH_EVERY_MS, undefined, { signal: stage }).catch(() => {})
    }
    return [...found]
  }
}

function crewOf({ means, clockShiftMs, goesBack }: Attack, stage: keyof Attack['fates']): Crew {
  return { means, clockShiftMs, refuseAt: goesBack && stage === 'failover' ? 'move-epoch' : null }
}

/** Break-glass stands on no quorum, which is what it is for; its own record, and its attestor, are looked for below. */
function isExcused(found: string, { means }: Attack): boolean {
  return means === 'declared' && found.startsWith('The operation was not approved by enough')
}

/** I4: who started without a quorum is on record, by name, with the rule that was skipped, to be reviewed. */
async function breakGlassViolations(
  cell: ForcedCell,
  { requestId }: OperationRecord,
  { means }: Attack,
): Promise<string[]> {
  const uses = await cell.db.breakGlass.findMany({ where: { requestId: requestId ?? '' } })
  if (means !== 'declared') return uses.length === 0 ? [] : ['Nobody broke the glass, and it is recorded as broken.']
  const [use] = uses
  if (!use) return ['It started without a quorum, and no break-glass is on record.']
  const attestors = await cell.db.approval.count({ where: { requestId: requestId!, decision: 'approve' } })
  return [
    ...(JSON.stringify(use.rules).includes('quorum')
      ? []
      : ['The break-glass does not name the rule that it skipped.']),
    ...(attestors === 1 ? [] : [`A declared fence was attested by ${attestors} other people, not by one.`]),
  ]
}
