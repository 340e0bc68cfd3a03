import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import type { ProbeKind } from '@/model/observations'
import type { PreviewFailover } from '@/model/schemas/failovers'
import type { ApproveRequest } from '@/model/schemas/operations'
import type { ForcedFailoverPlan, Override } from '@/model/schemas/plans'
import { systemClock } from '@/server/clock'
import type { Endpoint, FencingAgent, ProbeResult } from '@/server/engines/contract'
import { endpointOf, isDrained } from '@/server/engines/postgres/testing'
import type { OperationRecord } from '@/server/workflows'
import type { Fault } from '@/server/workflows/every-fault'
import type { World } from '@/server/workflows/fault-matrix'
import { type ProbeRecord, recordMembers, recordProbes } from '../../telemetry'
import { startLeaseRenewer } from '../../write-leases'
import { approveRequest } from '../requests/approve-request'
import { requestOperation } from '../requests/request-operation'
import type { SwitchoverDeps } from '../switchover-deps'
import { SCOPE, SwitchoverCell } from '../testing-cell'
import { previewFailover } from './preview-failover'
import { lossViolations } from './testing-loss'
import { powerSwitchOf } from './testing-power-switch'
import { recordAgents } from './watch-agents'

const LOOK_EVERY_MS = 500
const LOOK_MS = 1_500
const WAIT_MS = 30_000
const POLL_MS = 25
const REASON = 'The primary is gone.'
/** Nobody declares what a test machine can carry. */
export const undeclared: Override = { rule: 'capacity-headroom', reason: 'A test machine declares no capacity.' }

/**
 * One real cell with an application that writes all the time, seen by vantages as collectors would see it. The console and its
 * worker stand in the region of the standby, so that cutting the way to the primary cuts them off and leaves the primary alive.
 */
export class ForcedCell {
  private isStopped = false
  private readonly watching: Promise<void>
  /** Which vantages look: without that of the primary's own region, nobody is left there to tell. */
  vantages: 'both' | 'console' = 'both'
  hasAgent = true
  /** Another server answers at the target's address. */
  isTargetSwapped = false
  /** Where the console and its worker stand until the next test begins. */
  private consoleRegion: string
  private readonly renewing: Promise<void> | null
  private readonly end = new AbortController()

  private constructor(
    readonly base: SwitchoverCell,
    isLeased: boolean,
  ) {
    this.consoleRegion = base.cell.fleet.standbys[0]!.region
    this.watching = this.watch()
    this.renewing = isLeased ? this.renew() : null
  }

  /** With `writeLeaseMs` the writer may write only while it hears from the worker. */
  static async start({
    writeLeaseMs,
    isReporting = true,
  }: {
    writeLeaseMs?: number
    isReporting?: boolean
  } = {}): Promise<ForcedCell> {
    const base = await SwitchoverCell.start({ isReporting })
    if (writeLeaseMs) await base.db.cell.update({ where: { id: 'cell' }, data: { writeLeaseMs } })
    return new ForcedCell(base, writeLeaseMs !== undefined)
  }

  get db() {
    return this.base.db
  }

  get writer() {
    return this.base.writer
  }

  /** Of the moment: the writer of the catalog, and the member that would take over. */
  async roles(): Promise<{ source: string; target: string }> {
    const { activeMember } = await this.base.epochRow()
    return { source: activeMember, target: activeMember === 'cell-1' ? 'cell-2' : 'cell-1' }
  }

  /** Wired for a worker beside the console. */
  get deps(): SwitchoverDeps {
    return {
      ...this.base.deps,
      fencingAgent: this.hasAgent ? this.agent : null,
      endpointOf: (member) => this.endpoint(member, this.consoleRegion),
      vantageRegion: this.consoleRegion,
    }
  }

  /** The fleet's own power switch, with its padlock. */
  get agent(): FencingAgent {
    return powerSwitchOf(this.base.cell.fleet.fleet)
  }

  /** Both ways between the regions of the two members. */
  setLink(state: 'up' | 'cut' | 'black-hole'): void {
    for (const way of this.ways()) way.set({ state })
  }

  /** So much longer takes each way between the two regions. */
  setLag(lagMs: number): void {
    for (const way of this.ways()) way.set({ lagMs })
  }

  private ways() {
    const [one, other] = this.base.cell.fleet.members.map(({ region }) => region) as [string, string]
    const { links } = this.base.cell.fleet.fleet
    return [links.link(one, other), links.link(other, one)]
  }

  /** Healthy again, whatever a run or a test left behind: where the next one may begin. */
  async heal(): Promise<void> {
    this.setLink('up')
    this.setLag(0)
    this.vantages = 'both'
    this.hasAgent = true
    this.isTargetSwapped = false
    await this.db.$executeRaw`
      UPDATE operation SET acknowledged_at = now(), acknowledged_by = started_by, acknowledgement = 'Seen.'
       WHERE status = 'done' AND acknowledged_at IS NULL`
    const { source, target } = await this.roles()
    this.consoleRegion = this.base.cell.fleet.member(target).region
    await this.release(source)
    await this.reopen(source)
    await this.base.heal()
    await this.db.$executeRaw`
      UPDATE stale_server SET status = 'rebuilt', rebuilt_at = now() WHERE status NOT IN ('rebuilt', 'lost')`
    await this.until(`${target} and ${source} to be found healthy`, async () => {
      const preview = await this.preview({})
      return preview.finding.name === 'ServerHealthy' && preview.candidates[0]?.loss.kind === 'bounded'
    })
  }

  /**
   * Where one run of the workflow is proven: a primary that is cut off and goes on writing, and a power switch. For a way back
   * that must get there: a primary that was killed, and that its release starts again.
   */
  async scene({ refuseAt }: Pick<Fault, 'refuseAt'>): Promise<World<SwitchoverDeps>> {
    await this.heal()
    const violations = (operation: OperationRecord) => this.violations(operation)
    if (refuseAt) {
      const { source } = await this.roles()
      const member = this.base.cell.fleet.member(source)
      await member.kill()
      const release: FencingAgent['release'] = async (name, order, limits) => {
        await this.agent.release(name, order, limits)
        await member.start()
      }
      const deps = { ...this.deps, fencingAgent: { ...this.agent, release } }
      return { deps, enqueue: () => this.enqueue({}, 'ServerDown'), violations }
    }
    this.vantages = 'console'
    this.setLink('cut')
    return {
      deps: this.deps,
      enqueue: () => this.enqueue({}, 'ServerUnreachable'),
      violations,
    }
  }

  preview(input: Partial<PreviewFailover>) {
    return previewFailover(this.base.ctxOf('operator'), {
      cellId: 'cell',
      overrides: [undeclared],
      isBreakGlass: false,
      isDeclared: false,
      ...input,
    })
  }

  /** Waits until what the vantages see allows a plan; throws with the reasons when it does not come to that. */
  async plan(
    input: Partial<PreviewFailover> = {},
    finding?: string,
  ): Promise<{ plan: ForcedFailoverPlan; planHash: string }> {
    let preview = await this.preview(input)
    const isThere = () => preview.plan !== null && (!finding || preview.finding.name === finding)
    await this.until(`a plan for ${finding ?? 'any finding'}`, async () => {
      if (!isThere()) preview = await this.preview(input)
      return isThere()
    }).catch((error: unknown) => {
      const against = preview.checks.filter(({ outcome }) => outcome !== 'passed').map(({ says }) => says)
      throw new Error(`${preview.finding.says} ${against.join(' ')}`, { cause: error })
    })
    return { plan: preview.plan!, planHash: preview.planHash! }
  }

  /** Planned and asked for by one person. Answers what the others vote on. */
  async ask(input: Partial<PreviewFailover> = {}, finding?: string): Promise<z.input<typeof ApproveRequest>> {
    const { plan, planHash } = await this.plan(input, finding)
    const { requestId } = await requestOperation(this.base.ctxOf('operator'), {
      kind: 'forced-failover',
      cellId: 'cell',
      targetMember: plan.target.member,
      planHash,
      typedRegion: plan.source.region,
      reason: REASON,
      idempotencyKey: randomUUID(),
    })
    return { id: requestId, planHash, reason: REASON, confirmedOverrides: plan.overrides.map(({ rule }) => rule) }
  }

  /** Asked for by one person and approved by two others. */
  async enqueue(input: Partial<PreviewFailover> = {}, finding?: string): Promise<string> {
    const vote = await this.ask(input, finding)
    await approveRequest(this.base.ctxOf('approver'), vote)
    const { operationId } = await approveRequest(this.base.ctxOf('second'), vote)
    return operationId!
  }

  /** Everything that must hold when a run is over, whichever way it went. Lost writes are told, and must fit the bound. */
  async violations(operation: OperationRecord): Promise<string[]> {
    const plan = operation.params as ForcedFailoverPlan // the journal keeps the plan's body
    const row = await this.base.epochRow()
    const isDone = operation.status === 'done'
    const writer = isDone ? plan.target : plan.source
    const from = BigInt(plan.epoch.from)
    const epochs = isDone ? [from + 1n] : [from, from + 2n]
    const violations = await this.base.approvalViolations(operation)
    if (row.activeMember !== writer.member || !epochs.includes(row.epoch) || row.status === 'SWITCHING')
      violations.push(`The catalog says ${row.activeMember} at ${row.epoch}, ${row.status}, after ${operation.status}.`)
    const receipts = await this.db.fenceReceipt.findMany({ where: { operationId: operation.id } })
    const left = await this.db.staleServer.findMany({ where: { operationId: operation.id } })
    if (isDone && (receipts.length !== 1 || left.length !== 1))
      violations.push(`It was promoted with ${receipts.length} receipts and ${left.length} servers left behind.`)
    if (!isDone && left.length > 0) violations.push('A server is left behind by a run that went back.')
    violations.push(...(await this.writerViolations(row)))
    // Nobody would notice until the next disaster.
    if (!isDone && (await isDrained(this.base.cell.fleet.member(plan.target.member))))
      violations.push(`${plan.target.member} is still told to receive nothing, after ${operation.status}.`)
    if (isDone) await this.writer.untilAcked().catch((error: unknown) => violations.push(String(error)))
    return [...violations, ...(await lossViolations(this.base, operation))]
  }

  async until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const giveUpAtMs = performance.now() + WAIT_MS
    while (!(await isSo())) {
      if (performance.now() > giveUpAtMs) throw new Error(`Waited ${WAIT_MS} ms for ${what}.`)
      await sleep(POLL_MS)
    }
  }

  async stop(): Promise<void> {
    this.isStopped = true
    this.end.abort()
    await this.watching
    await this.renewing
    await this.base.stop()
  }

  /** Nobody but the writer of the catalog takes a write, at any epoch. */
  private async writerViolations({ activeMember, epoch }: { activeMember: string; epoch: bigint }): Promise<string[]> {
    const other = activeMember === 'cell-1' ? 'cell-2' : 'cell-1'
    const violations: string[] = []
    for (const at of [epoch - 2n, epoch - 1n, epoch]) {
      const result = await this.probe(other, 'write', this.base.cell.fleet.member(other).region, at)
      if (result.outcome === 'ok')
        violations.push(`${other} takes writes at epoch ${at}, and ${activeMember} is the writer.`)
    }
    return violations
  }

  /** What the collectors of every vantage would write, all the time. */
  private async watch(): Promise<void> {
    while (!this.isStopped) {
      await this.look().catch((error: unknown) => {
        if (!this.isStopped) process.stderr.write(`Looking failed: ${String(error).split('\n').at(-1)}\n`)
      })
      await sleep(LOOK_EVERY_MS)
    }
  }

  private async look(): Promise<void> {
    const { source, target } = await this.roles()
    const { epoch } = await this.base.epochRow()
    const console = this.consoleRegion
    const near = this.base.cell.fleet.member(source).region
    const from = [...new Set(this.vantages === 'both' ? [console, near] : [console])]
    const connects = from.map((vantageRegion) => ({ vantageRegion, memberId: source, kind: 'connect' as const }))
    const kinds = ['read', 'write'] as const
    const wanted = from.flatMap((vantageRegion) =>
      [source, target].flatMap((memberId) =>
        kinds
          .filter((kind) => kind === 'read' || memberId === source)
          .map((kind) => ({ vantageRegion, memberId, kind })),
      ),
    )
    // What an open session answers counts after a new one was tried, as it does where new ones are tried rarely.
    const tried = await this.probeAll(connects, epoch)
    const probes = this.probeAll(wanted, epoch)
    const reports = Promise.all(
      [source, target].map(async (memberId) => {
        const endpoint = this.endpoint(memberId, console)
        const report = await this.base.engine.observe(endpoint, SCOPE, call())
        const upstreamMember = memberId === target ? source : null
        return { memberId, vantageRegion: console, observedAt: new Date(), upstreamMember, report }
      }),
    )
    await recordProbes(this.db, [...tried, ...(await probes)])
    await recordMembers(this.db, await reports)
    await recordAgents(this.db, this.hasAgent ? this.agent : null, { vantageRegion: console, signal: call().signal })
  }

  /** A member as reached from a region, or who answers in its place. */
  private endpoint(memberId: string, vantage: string): Endpoint {
    const endpoint = endpointOf(this.base.cell.fleet.member(memberId), vantage)
    const isTarget = this.base.cell.fleet.member(memberId).region === this.consoleRegion
    if (!this.isTargetSwapped || !isTarget) return endpoint
    const stranger = memberId === 'cell-1' ? 'cell-2' : 'cell-1'
    const { host, port } = endpointOf(this.base.cell.fleet.member(stranger), vantage)
    return { ...endpoint, host, port }
  }

  private async renew(): Promise<void> {
    await startLeaseRenewer({
      db: this.db,
      engines: { for: () => this.base.engine },
      clock: systemClock,
      endpointOf: (memberId) => Promise.resolve(this.endpoint(memberId, this.consoleRegion)),
      workerName: 'renewer-1',
      signal: this.end.signal,
    }).done
  }

  private probeAll(wanted: readonly Pick<ProbeRecord, 'vantageRegion' | 'memberId' | 'kind'>[], epoch: bigint) {
    return Promise.all(
      wanted.map(async ({ vantageRegion, memberId, kind }): Promise<ProbeRecord> => {
        const result = await this.probe(memberId, kind, vantageRegion, epoch)
        return {
          ...{ vantageRegion, memberId, kind, outcome: result.outcome, observedAt: new Date() },
          latencyMs: 'latencyMs' in result ? result.latencyMs : null,
          detail: 'detail' in result ? result.detail : null,
          reach: 'reach' in result ? result.reach : null,
        }
      }),
    )
  }

  private probe(memberId: string, kind: ProbeKind, vantage: string, epoch: bigint): Promise<ProbeResult> {
    const endpoint = this.endpoint(memberId, vantage)
    return this.base.engine.probe(endpoint, kind, { scope: SCOPE, epoch }, call())
  }

  /** Whatever an operation switched off and did not bring back: a person would release it by hand. */
  private async release(source: string): Promise<void> {
    const last = await this.db.operation.findFirst({ select: { id: true }, orderBy: { createdAt: 'desc' } })
    if (last) await this.base.cell.fleet.fleet.lockOut(source, 'release', last.id).catch(() => {})
    await this.base.cell.fleet.member(source).start()
  }

  /** After a run that went back without reaching the old primary: a person opens its gate. */
  private async reopen(source: string): Promise<void> {
    const { epoch, status } = await this.base.epochRow()
    if (status === 'WRITABLE' || !this.base.engine.failover.supported) return
    const member = this.base.cell.fleet.member(source)
    const stamp = { scope: SCOPE, operationId: randomUUID(), leaseEpoch: 1n, epoch, region: member.region }
    await this.base.engine.failover.openGate(endpointOf(member), stamp, { ...call(), timeoutMs: 10_000 })
    await this.db.$executeRaw`UPDATE region_write_epoch SET status = 'WRITABLE' WHERE logical_scope = ${SCOPE}`
  }
}

function call() {
  return { timeoutMs: LOOK_MS, signal: new AbortController().signal }
}
