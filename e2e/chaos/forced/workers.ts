import { setTimeout as sleep } from 'node:timers/promises'
import { transact } from '@/server/db'
import type { ForcedCell } from '@/server/domain/operations/forced/testing-forced'
import { type requestAbort, requestRetry } from '@/server/workflows'
import { findOperation, type OperationRecord } from '@/server/workflows/operation-record'
import { WorkerProcess } from '../switchover/spawn-worker'
import { untilFinal } from '../until-final'
import { resolvePrepared } from './faults'
import type { Fate, Means } from './plan-attacks'

const WORKER_LEASE_MS = 2_000
const POLL_MS = 25
/** How long a catalog may be away when a worker starts, and an operation may wait to be taken. */
const START_MS_MAX = 20_000
/** The last place of all lies behind the record that makes the operation final. */
const LAST_RECORD_GRACE_MS = 1_000

/** What the workers of a run have in common. */
export type Crew = { means: Means; clockShiftMs: number; refuseAt: string | null }

/** Worker processes beside the console of a cell, which come and go, and the person who helps where one is asked for. */
export class Workers {
  private readonly alive = new Set<WorkerProcess>()
  private spawned = 0
  /** Places at which a worker was to be killed and was not, because nobody came there. */
  readonly unreached = new Set<string>()

  constructor(private readonly cell: ForcedCell) {}

  /** Until the operation is final. The worker with a fate has it first; there is always another one that lives. */
  async drive(
    operationId: string,
    crew: Crew,
    fate: Fate | null,
    blows: readonly Promise<void>[] = [],
  ): Promise<OperationRecord> {
    if (fate) await this.endAll() // nobody else may take it first
    const victim = fate ? await this.spawn(crew, fate) : null
    if (victim) await this.untilTaken(operationId, victim)
    if (![...this.alive].some((worker) => !worker.isGone && worker !== victim)) await this.spawn(crew, null)
    const operation = await this.untilFinal(operationId, crew, victim, blows)
    if (fate?.kind === 'crash') await Promise.race([victim?.gone, sleep(LAST_RECORD_GRACE_MS)])
    if (fate?.kind === 'crash') this.note(`${operation.kind} ${fate.at}`, victim?.isGone === true)
    victim?.signal('SIGCONT') // wakes after everything is over, and must change nothing
    if (victim && !victim.isGone) await Promise.race([victim.gone, sleep(WORKER_LEASE_MS / 2)])
    await victim?.end()
    return (await findOperation(this.cell.db, operation.id))!
  }

  private untilFinal(operationId: string, crew: Crew, victim: WorkerProcess | null, blows: readonly Promise<void>[]) {
    const around = {
      read: () => this.read(operationId),
      help: async (operation: OperationRecord) => {
        // As the reason asks for, where it is one that came over with the log.
        if (operation.statusReason?.includes('prepared transactions')) await this.resolveOnTarget(operation)
        await this.command(operationId, requestRetry)
      },
      replaceDead: async () => {
        if (![...this.alive].some((worker) => !worker.isGone && worker !== victim)) await this.spawn(crew, null)
      },
    }
    return untilFinal(around, blows)
  }

  private async resolveOnTarget({ params }: OperationRecord): Promise<void> {
    const { target } = params as { target: { member: string } } // of every plan that a prepared transaction can hold up
    await resolvePrepared(this.cell, target.member, 'ROLLBACK')
  }

  private async spawn({ means, refuseAt, clockShiftMs }: Crew, fate: Fate | null): Promise<WorkerProcess> {
    const { cell } = this
    const { deps } = cell
    const members = cell.base.cell.fleet.members
    const endpoints = await Promise.all(members.map(async ({ name }) => [name, await deps.endpointOf(name)] as const))
    const worker = await this.untilSpawned(() =>
      WorkerProcess.spawn({
        catalogUrl: cell.base.catalog.url,
        dataDir: cell.base.cell.fleet.fleet.dataDir,
        endpoints: Object.fromEntries(endpoints),
        vantageRegion: deps.vantageRegion,
        workerName: `worker-${++this.spawned}`,
        leaseTtlMs: WORKER_LEASE_MS,
        hasFencingAgent: means === 'power',
        clockShiftMs,
        refuseAt: refuseAt ?? undefined,
        crashAt: fate?.kind === 'crash' ? fate.at : undefined,
        freezeAt: fate?.kind === 'freeze' ? fate.at : undefined,
      }),
    )
    this.alive.add(worker)
    void worker.gone.then(() => this.alive.delete(worker))
    return worker
  }

  /** The catalog may be away at the very moment at which a worker starts, and then it ends again. */
  private async untilSpawned(spawn: () => Promise<WorkerProcess>): Promise<WorkerProcess> {
    const giveUpAtMs = performance.now() + START_MS_MAX
    for (;;) {
      try {
        return await spawn()
      } catch (error) {
        if (performance.now() > giveUpAtMs) throw error
        await sleep(POLL_MS)
      }
    }
  }

  private async untilTaken(operationId: string, victim: WorkerProcess): Promise<void> {
    const giveUpAtMs = performance.now() + START_MS_MAX
    while (performance.now() < giveUpAtMs && !victim.isGone) {
      if (((await this.read(operationId))?.leaseEpoch ?? 0n) > 0n) return
      await sleep(POLL_MS)
    }
  }

  /** A refusal of the request is an answer too: the decision may have been taken. */
  async command(operationId: string, control: typeof requestAbort): Promise<void> {
    const order = { operationId, actor: this.cell.base.actor, homeRegion: 'eu-west-1', reason: 'The test asks for it.' }
    await transact(this.cell.db, (tx) => control(tx, order)).catch(() => {})
  }

  /** One that is played again may be reached the second time. */
  private note(place: string, isReached: boolean): void {
    if (isReached) this.unreached.delete(place)
    else this.unreached.add(place)
  }

  async killHolder(operationId: string): Promise<void> {
    const holder = (await this.read(operationId))?.leaseHolder
    for (const worker of this.alive) if (worker.name === holder) worker.signal('SIGKILL')
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.alive].map((worker) => worker.end()))
  }

  /** Null while the catalog is away. */
  async read(operationId: string): Promise<OperationRecord | null> {
    return findOperation(this.cell.db, operationId).catch(() => null)
  }
}
