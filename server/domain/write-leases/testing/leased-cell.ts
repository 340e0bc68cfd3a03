import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { Client, DatabaseError } from 'pg'
import { systemClock } from '@/server/clock'
import type { Db } from '@/server/db'
import { declareCell, startCatalog, type TestCatalog } from '@/server/db/testing'
import type { Endpoint } from '@/server/engines/contract'
import { asAdmin, endpointOf, type GatedCell, startGatedCell, TEST_SCOPE } from '@/server/engines/postgres/testing'
import { createEngines } from '@/server/engines/registry'
import type { TestMember } from '@/server/fleet/testing'
import { startLeaseRenewer } from '..'
import { type RenewerProcess, spawnRenewer } from './spawn-renewer'

export const SCOPE = TEST_SCOPE
export const LEASE_MS = 1_500
const WRITE_EVERY_MS = 15

type Seen = { atMs: number; outcome: 'ok' | string; detail: string }

/** A real cell of two members behind the gate with its catalog, whose renewers reach it through the links from eu-central-1. */
export class LeasedCell {
  private readonly ends: (() => Promise<void>)[] = []
  /** Ends that the gate kept to although the catalog had not granted them. */
  readonly beyondGrant: string[] = []

  private constructor(
    readonly catalog: TestCatalog,
    readonly cell: GatedCell,
  ) {}

  static async start(): Promise<LeasedCell> {
    const catalog = await startCatalog()
    const cell = await startGatedCell().catch(async (error: unknown) => {
      await catalog.stop()
      throw error
    })
    const leased = new LeasedCell(catalog, cell)
    await declareCell(leased.db, { scope: SCOPE, lagMsMax: 30_000 }, leased.cell.fleet.members)
    return leased
  }

  get db(): Db {
    return this.catalog.db
  }

  get primary() {
    return this.cell.fleet.primary
  }

  private get endpoints(): Record<string, Endpoint> {
    return Object.fromEntries(
      this.cell.fleet.members.map((member) => [member.name, endpointOf(member, 'eu-central-1')]),
    )
  }

  cutLinks(state: 'black-hole' | 'cut' | 'up'): void {
    this.cell.fleet.fleet.links.link('eu-central-1', 'eu-west-1').set({ state })
  }

  /** A renewer in this process. */
  renew(workerName = `worker-${randomUUID()}`): { stop(): Promise<void> } {
    const end = new AbortController()
    const engines = createEngines()
    const endpointOf = async (memberId: string) => this.endpoints[memberId]!
    const deps = { db: this.db, engines, clock: systemClock, endpointOf, workerName, signal: end.signal }
    const { done } = startLeaseRenewer(deps)
    const stop = async () => {
      end.abort()
      await done
      await engines.close()
    }
    this.ends.push(stop)
    return { stop }
  }

  async spawn(workerName = `worker-${randomUUID()}`): Promise<RenewerProcess> {
    const renewer = await spawnRenewer({ catalogUrl: this.catalog.url, workerName, endpoints: this.endpoints })
    this.ends.push(() => renewer.end())
    return renewer
  }

  /** An application that writes all the time, and what came of each write by the monotonic clock. */
  async write(epoch = 1n, member = this.primary): Promise<{ seen: Seen[]; stop(): Promise<void> }> {
    const client = new Client({ connectionString: member.appDsn, query_timeout: 10_000 })
    client.on('error', () => undefined)
    await client.connect()
    const seen: Seen[] = []
    let isStopped = false
    const text = `SET LOCAL homeport.scope_epoch = '${epoch}'; INSERT INTO public.written DEFAULT VALUES`
    const writing = (async () => {
      while (!isStopped) {
        const { outcome, detail } = await client.query(text).then(() => ({ outcome: 'ok', detail: '' }), tellOf)
        seen.push({ atMs: performance.now(), outcome, detail })
        await wait(WRITE_EVERY_MS)
      }
    })()
    const stop = async () => {
      isStopped = true
      await writing
      await client.end().catch(() => undefined)
    }
    this.ends.push(stop)
    return { seen, stop }
  }

  /** The end that the gate keeps to, compared with what the catalog had granted by then. */
  async leaseUntil(): Promise<Date | null> {
    const [row] = await asAdmin<{ until: Date | null; epoch: string }>(
      this.primary.adminDsn,
      'SELECT lease_until AS until, epoch::text FROM homeport.write_gate',
    )
    const granted = await this.db.writeLease.findUnique({ where: { scope: SCOPE } }).catch(() => null)
    const until = row?.until ?? null
    if (granted && until && granted.epoch === BigInt(row?.epoch ?? 0) && until > granted.grantedUntil)
      this.beyondGrant.push(`${until.toISOString()} > ${granted.grantedUntil.toISOString()}`)
    return until
  }

  /** Between two tests: nobody renews, and the gate is open at a new epoch without a lease. */
  async reset(leaseMs: number | null = LEASE_MS): Promise<bigint> {
    for (const end of this.ends.splice(0).reverse()) await end()
    this.cutLinks('up')
    await this.db.cell.update({ where: { id: 'cell' }, data: { writeLeaseMs: leaseMs } })
    return this.moveEpoch()
  }

  /** As an operation would: the catalog decides, then the gate opens. */
  async moveEpoch(): Promise<bigint> {
    const { epoch } = await this.db.regionWriteEpoch.update({
      where: { logicalScope: SCOPE },
      data: { epoch: { increment: 1n } },
    })
    await asAdmin(
      this.primary.adminDsn,
      `SELECT homeport.open_gate('${SCOPE}', 'eu-west-1', ${epoch}, '${randomUUID()}')`,
    )
    return epoch
  }

  /** A whole move to the standby, as an operation makes it. */
  async moveWriter(epoch: bigint): Promise<TestMember> {
    const adapter = createEngines().for('postgres')
    if (!adapter.failover.supported) throw new Error(adapter.failover.reason)
    const { fence, awaitReplay, promote, openGate } = adapter.failover
    const call = { timeoutMs: 20_000, signal: new AbortController().signal }
    const { primary: old, standby: next } = this.cell
    const stamp = { scope: SCOPE, operationId: randomUUID(), leaseEpoch: 1n, epoch: epoch + 1n }
    const proof = await fence(old.near, stamp, call)
    await awaitReplay(next.near, { ...proof, fence: stamp }, call)
    await this.db.regionWriteEpoch.update({
      where: { logicalScope: SCOPE },
      data: { epoch: stamp.epoch, activeMember: next.name, activeRegion: next.near.region },
    })
    await promote(next.near, { ...proof, ...stamp, id: randomUUID(), memberId: old.name }, call)
    await openGate(next.near, { ...stamp, region: next.near.region }, call)
    await adapter.close()
    return this.cell.fleet.member(next.name)
  }

  async stop(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) await end()
    await this.cell.stop()
    await this.catalog.stop()
  }
}

function tellOf(error: unknown): { outcome: string; detail: string } {
  if (error instanceof DatabaseError) return { outcome: error.message, detail: error.detail ?? '' }
  return { outcome: 'broken', detail: error instanceof Error ? error.message : '' }
}
