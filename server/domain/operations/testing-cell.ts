import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SwitchoverPlan } from '@/model/schemas/plans'
import { systemClock } from '@/server/clock'
import type { Ctx } from '@/server/context'
import type { Actor, Db } from '@/server/db'
import { declareCell, startCatalog, type TestCatalog } from '@/server/db/testing'
import type { EngineAdapter, MemberFacts } from '@/server/engines/contract'
import { asAdmin, endpointOf, type GatedCell, startGatedCell } from '@/server/engines/postgres/testing'
import { createEngines } from '@/server/engines/registry'
import type { OperationRecord } from '@/server/workflows'
import { approveRequest } from './requests/approve-request'
import { requestOperation } from './requests/request-operation'
import { previewSwitchover } from './switchover/preview-switchover'
import type { SwitchoverDeps } from './switchover-deps'
import { judgeLedger, LedgerWriter, type LedgerWriterWorld, ledgerViolations, type StoredRow } from './testing-writer'

export const SCOPE = 'cell:cell'
const CALL_MS = 10_000
const HEAL_MS = 60_000
const POLL_MS = 25
/** More than any one run acknowledges. */
const NEWEST_ACKS = 20_000
const BEAT_EVERY_MS = 500
const VANTAGE = 'eu-west-1'
const REASON = 'Patch the host.'

type Writing = Pick<LedgerWriterWorld, 'isReporting' | 'lanes'>

/** One real cell of two servers behind the gate, its catalog, and an application that writes to it all the time. */
export class SwitchoverCell {
  readonly writer: LedgerWriter
  private readonly beating: Promise<void>
  /** By the application's clock; what it wrote before belongs to earlier runs. */
  healedAtMs = 0
  private isStopped = false

  private constructor(
    readonly catalog: TestCatalog,
    readonly cell: GatedCell,
    readonly engine: EngineAdapter,
    readonly people: { operatorId: string; approverId: string; secondId: string },
    readonly tenantId: string,
    writing: Writing,
  ) {
    const dsnOf = (member: string) => cell.fleet.member(member).appDsn
    this.writer = new LedgerWriter({ db: catalog.db, scope: SCOPE, tenantId, dsnOf, ...writing })
    this.beating = this.beat()
  }

  static async start(writing: Writing = {}): Promise<SwitchoverCell> {
    const catalog = await startCatalog()
    const cell = await startGatedCell().catch(async (error: unknown) => {
      await catalog.stop()
      throw error
    })
    const tenantId = randomUUID()
    await asAdmin(
      cell.fleet.primary.adminDsn,
      `CREATE TABLE public.record (id bigint PRIMARY KEY, tenant_id uuid NOT NULL, epoch bigint NOT NULL,
         server text NOT NULL DEFAULT current_setting('cluster_name'));
       GRANT SELECT, INSERT ON public.record TO app;
       SELECT homeport.protect('public.record');
       SELECT homeport.set_tenant_gate('${tenantId}', 1, 'ACTIVE')`,
    )
    const people = await seed(catalog.db, cell, tenantId)
    return new SwitchoverCell(catalog, cell, createEngines().for('postgres'), people, tenantId, writing)
  }

  get db(): Db {
    return this.catalog.db
  }

  get deps(): SwitchoverDeps {
    return {
      db: this.db,
      engine: this.engine,
      hostAgent: {
        rebuildStandby: async (member, from) => {
          const { durationMs, sizeBytes } = await this.cell.fleet.rebuild(member, from)
          return { tookMs: durationMs, bytes: sizeBytes }
        },
        startClone: () => Promise.reject(new Error('Not asked for in these tests.')),
        discardClone: () => Promise.reject(new Error('Not asked for in these tests.')),
      },
      fencingAgent: null,
      endpointOf: (member) => endpointOf(this.cell.fleet.member(member)),
      vantageRegion: VANTAGE,
    }
  }

  get actor(): Actor {
    return { kind: 'person', personId: this.people.operatorId, name: 'Ona Operator', sessionId: 'session-1' }
  }

  async epochRow() {
    return this.db.regionWriteEpoch.findUniqueOrThrow({ where: { logicalScope: SCOPE } })
  }

  /** What the collectors would write about both servers now. */
  async observe(): Promise<void> {
    const members = ['cell-1', 'cell-2']
    const reports = await Promise.all(members.map((member) => this.facts(member)))
    const { activeMember } = await this.epochRow()
    for (const [index, facts] of reports.entries()) await this.storeFacts(members[index]!, facts, activeMember)
  }

  /** Both servers healthy, the other one streaming from the writer, the cell rested: where the next run may begin. */
  async heal(): Promise<void> {
    const { activeMember } = await this.epochRow()
    const other = activeMember === 'cell-1' ? 'cell-2' : 'cell-1'
    await this.db.$executeRaw`
      UPDATE operation SET finished_at = finished_at - interval '1 hour' WHERE finished_at > now() - interval '30 minutes'`
    // One that an operation keeps off is brought back by its rebuild.
    for (const member of this.cell.fleet.members) await member.start().catch(() => {})
    if (!(await this.isFollowing(other, activeMember)))
      await this.cell.fleet.rebuild(other, { source: activeMember, operationId: randomUUID() })
    await this.until(`${other} to follow ${activeMember}`, () => this.isFollowing(other, activeMember))
    await this.writer.untilAcked()
    this.healedAtMs = performance.timeOrigin + performance.now()
  }

  /** A switchover to the member that is not the writer: planned, asked for, and approved by a second person. */
  async enqueue(): Promise<string> {
    await this.observe()
    const operator = this.ctxOf('operator')
    const { plan, planHash, checks } = await previewSwitchover(operator, { cellId: 'cell' })
    if (!plan || !planHash)
      throw new Error(`No plan: ${checks.filter(({ outcome }) => outcome !== 'passed').map(({ says }) => says)}`)
    const { requestId } = await requestOperation(operator, {
      kind: 'planned-switchover',
      cellId: 'cell',
      targetMember: plan.target.member,
      planHash,
      typedRegion: plan.source.region,
      reason: REASON,
      idempotencyKey: randomUUID(),
    })
    const { operationId } = await approveRequest(this.ctxOf('approver'), { id: requestId, planHash, reason: REASON })
    return operationId!
  }

  ctxOf(name: 'operator' | 'approver' | 'second'): Ctx {
    const role = name === 'second' ? 'approver' : name
    const personId = this.people[`${name}Id`]
    return {
      db: this.db,
      clock: systemClock,
      requestId: randomUUID(),
      servedFrom: VANTAGE,
      principal: { kind: 'person', personId, name, roles: [role], sessionId: name, steppedUpAt: new Date() },
    }
  }

  /** Everything that must hold when a run is over, whichever way it went. */
  async violations(operation: OperationRecord): Promise<string[]> {
    const plan = operation.params as SwitchoverPlan // the journal keeps the plan's body
    const violations: string[] = []
    const row = await this.epochRow()
    const isDone = operation.status === 'done'
    const writer = isDone ? plan.target : plan.source
    const epochs = isDone ? [BigInt(plan.epoch.to)] : [BigInt(plan.epoch.from), BigInt(plan.epoch.from) + 2n]
    if (row.activeMember !== writer.member || !epochs.includes(row.epoch) || row.status !== 'WRITABLE')
      violations.push(`The catalog says ${row.activeMember} at ${row.epoch}, ${row.status}, after ${operation.status}.`)
    violations.push(...(await this.approvalViolations(operation)))
    const receipts = await this.db.fenceReceipt.count({ where: { operationId: operation.id } })
    if (isDone && receipts !== 1) violations.push(`It was promoted with ${receipts} receipts.`)
    violations.push(...(await this.writableViolations(row.activeMember, row.epoch)))
    await this.writer.untilAcked().catch((error: unknown) => violations.push(String(error)))
    violations.push(...(await this.ledgerViolations()))
    return violations
  }

  /** Every acknowledgement there ever was. */
  async wholeLedger(): Promise<{ lost: number; overlaps: number }> {
    const { activeMember } = await this.epochRow()
    const acks = [...this.writer.acks]
    const { lost, elsewhere, overlapping } = judgeLedger(acks, await this.storedRows(activeMember))
    return { lost: lost.length, overlaps: elsewhere.length + overlapping.length }
  }

  /** What was acknowledged in this run, against the rows of the present writer: what an earlier failover lost is its own matter. */
  private async ledgerViolations(): Promise<string[]> {
    const { activeMember } = await this.epochRow()
    const acks = this.writer.acks.slice(-NEWEST_ACKS).filter(({ sentAtMs }) => sentAtMs > this.healedAtMs)
    const lowestId = acks.reduce((lowest, ack) => Math.min(lowest, ack.id), Number.MAX_SAFE_INTEGER)
    return ledgerViolations(acks, await this.storedRows(activeMember, lowestId))
  }

  /** Ids from `fromId` on of the rows that the present writer holds, whoever wrote them. */
  async storedIds(fromId = 0): Promise<ReadonlySet<number>> {
    const { activeMember } = await this.epochRow()
    return new Set((await this.storedRows(activeMember, fromId)).map(({ id }) => id))
  }

  async storedRows(member: string, fromId = 0): Promise<StoredRow[]> {
    const rows = await asAdmin<{ id: string; epoch: string; server: string }>(
      this.cell.fleet.member(member).adminDsn,
      `SELECT id, epoch, server FROM public.record WHERE id >= ${fromId}`,
    )
    return rows.map((row) => ({ id: Number(row.id), epoch: BigInt(row.epoch), server: row.server }))
  }

  async stop(): Promise<void> {
    this.isStopped = true
    await this.writer.stop()
    await this.beating
    await this.engine.close()
    await this.cell.stop()
    await this.catalog.stop()
  }

  async isFollowing(standby: string, primary: string): Promise<boolean> {
    const [from, to] = await Promise.all([this.facts(primary), this.facts(standby)])
    return (
      to?.role === 'standby' &&
      to.receiver?.status === 'streaming' &&
      to.timeline === from?.timeline &&
      from.standbys.some(({ name, state }) => name === standby && state === 'streaming')
    )
  }

  async facts(member: string): Promise<MemberFacts | null> {
    const report = await this.engine.observe(endpointOf(this.cell.fleet.member(member)), SCOPE, call())
    return report.reachable ? report : null
  }

  /** I4: this effect stands on one consumed request, with the same plan, approved by another person than the requester. */
  async approvalViolations({ requestId }: OperationRecord): Promise<string[]> {
    const request = await this.db.operationRequest.findUnique({
      where: { id: requestId ?? '' },
      include: { approvals: true, plan: true },
    })
    if (request?.status !== 'consumed') return ['The operation stands on no consumed request.']
    const counted = request.approvals.filter(
      ({ personId, planHash }) => personId !== request.requesterId && planHash === request.plan.hash,
    )
    return counted.length >= request.quorum ? [] : ['The operation was not approved by enough other people.']
  }

  /** Exactly one server takes a write at the catalog's epoch, and none takes one at the epoch before. */
  private async writableViolations(active: string, epoch: bigint): Promise<string[]> {
    const violations: string[] = []
    for (const member of ['cell-1', 'cell-2']) {
      const endpoint = endpointOf(this.cell.fleet.member(member))
      const [now, before] = [
        await this.engine.probe(endpoint, 'write', { scope: SCOPE, epoch }, call()),
        await this.engine.probe(endpoint, 'write', { scope: SCOPE, epoch: epoch - 1n }, call()),
      ]
      if ((now.outcome === 'ok') !== (member === active))
        violations.push(`A write to ${member} at ${epoch}: ${now.outcome}.`)
      if (before.outcome === 'ok') violations.push(`${member} still takes writes at epoch ${epoch - 1n}.`)
    }
    return violations
  }

  async until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const giveUpAtMs = performance.now() + HEAL_MS
    while (!(await isSo())) {
      if (performance.now() > giveUpAtMs) throw new Error(`Waited ${HEAL_MS} ms for ${what}.`)
      await sleep(POLL_MS)
    }
  }

  /** The heartbeat by which lag is told; a refusal is part of life. */
  private async beat(): Promise<void> {
    while (!this.isStopped) {
      await this.epochRow()
        .then(({ activeMember, epoch }) =>
          this.engine.probe(endpointOf(this.cell.fleet.member(activeMember)), 'write', { scope: SCOPE, epoch }, call()),
        )
        .catch(() => null)
      await sleep(BEAT_EVERY_MS)
    }
  }

  private async storeFacts(memberId: string, facts: MemberFacts | null, activeMember: string): Promise<void> {
    const isStandby = memberId !== activeMember
    const row = {
      state: facts ? 'reachable' : 'unreachable',
      role: facts?.role ?? null,
      systemIdentifier: facts?.systemIdentifier ?? null,
      timeline: facts?.timeline ?? null,
      lsn: facts?.lsn ?? null,
      receiverStatus: facts?.receiver?.status ?? null,
      upstreamMember: isStandby ? activeMember : null,
      gateStatus: facts?.gate?.status ?? null,
      gateEpoch: facts?.gate?.epoch ?? null,
      gateRegion: facts?.gate?.region ?? null,
      unprotected: [...(facts?.unprotected ?? [])],
      preparedCount: facts?.preparedTransactions.length ?? null,
      clockSkewMs: facts?.clockSkewMs ?? null,
      vantageRegion: VANTAGE,
      observedAt: new Date(),
    }
    await this.db.memberObservation.upsert({ where: { memberId }, create: { memberId, ...row }, update: row })
    if (!isStandby || !facts) return
    await this.db.lagSample.create({
      data: {
        sampledAt: new Date(),
        sourceMember: activeMember,
        targetMember: memberId,
        state: 'streaming',
        heartbeatAgeMs: facts.heartbeatAgeMs,
      },
    })
  }
}

function call() {
  return { timeoutMs: CALL_MS, signal: new AbortController().signal }
}

async function seed(db: Db, cell: GatedCell, tenantId: string): Promise<SwitchoverCell['people']> {
  const { members } = cell.fleet
  // A test machine may stall for seconds.
  await declareCell(db, { scope: SCOPE, lagMsMax: 30_000 }, members)
  // From elsewhere every way leads over a relay, which accepts and refuses for a server that it cannot reach.
  await db.memberPath.createMany({
    data: members.flatMap(({ region: vantageRegion }) =>
      members
        .filter((member) => member.region !== vantageRegion)
        .map((member) => {
          const { hostname, port } = new URL(member.dsnFrom(vantageRegion, 'app'))
          return { vantageRegion, memberId: member.name, host: hostname, port: Number(port) }
        }),
    ),
  })
  await db.residencyPolicy.create({
    data: {
      policyCode: 'EU',
      allowedRegions: members.map(({ region }) => region),
      backupRegions: [],
      analyticsAllowed: false,
      crossBorderExportAllowed: false,
      description: 'The Union.',
      effectiveFrom: new Date('2020-01-01'),
    },
  })
  await db.tenantRegionAssignment.create({
    data: {
      tenantId,
      name: 'Acme',
      homeRegion: cell.fleet.primary.region,
      residencyPolicy: 'EU',
      status: 'ACTIVE',
      cellId: 'cell',
    },
  })
  const addPerson = async (name: string, role: 'operator' | 'approver') => {
    const { id } = await db.person.create({ data: { name, email: `${randomUUID()}@homeport.test` } })
    await db.roleGrant.create({ data: { personId: id, role, grantedAt: new Date(Date.now() - 3_600_000) } })
    return id
  }
  return {
    operatorId: await addPerson('Ona Operator', 'operator'),
    approverId: await addPerson('Ada Approver', 'approver'),
    secondId: await addPerson('Ben Approver', 'approver'),
  }
}
