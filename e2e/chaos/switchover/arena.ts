import { setTimeout as sleep } from 'node:timers/promises'
import { transact } from '@/server/db'
import { SwitchoverCell } from '@/server/domain/operations/testing-cell'
import { endpointOf } from '@/server/engines/postgres/testing'
import { type ControlApi, openControlApi } from '@/server/fleet'
import { requestAbort, requestRetry } from '@/server/workflows'
import { historyViolations, restViolations } from '@/server/workflows/history'
import { findOperation, type OperationRecord } from '@/server/workflows/operation-record'
import { untilFinal } from '../until-final'
import { type Attack, type Blow, isHarmless, type Moment } from './plan-attacks'
import { WorkerProcess } from './spawn-worker'
import { Surroundings } from './surroundings'

/** The console looks from the second member's region, so the link to the first can be cut under it. */
const VANTAGE = 'eu-central-1'
const FAR = 'eu-west-1'
const LEASE_TTL_MS = 2_000
const POLL_MS = 10
/** A moment that has not come by then will not: its blow is not dealt. */
const MOMENT_MS_MAX = 20_000

/** One cell, one catalog, worker processes that come and go: every run attacks one switchover on it. */
export class Arena {
  private readonly workers = new Set<WorkerProcess>()
  private spawned = 0

  private constructor(
    readonly cell: SwitchoverCell,
    private readonly control: ControlApi,
    private readonly surroundings: Surroundings,
  ) {}

  static async open(): Promise<Arena> {
    const cell = await SwitchoverCell.start()
    return new Arena(cell, await openControlApi(cell.cell.fleet.fleet), await Surroundings.start(cell, VANTAGE))
  }

  async play(attack: Attack): Promise<string[]> {
    await this.cell.heal()
    this.surroundings.begin()
    const standby = await this.standbyWorker()
    standby.signal('SIGSTOP') // the one that is to meet its fate takes the operation first
    const victim = attack.fate ? await this.spawn(attack.fate) : null
    if (!victim) standby.signal('SIGCONT')
    const operationId = await this.cell.enqueue()
    const stage = new AbortController()
    if (attack.goesBack) void this.askToAbort(operationId, stage.signal)
    const blows = attack.blows.map(({ at, blow }) => this.deal(operationId, at, blow, stage.signal))
    try {
      if (victim) {
        await this.untilTaken(operationId, victim)
        standby.signal('SIGCONT')
      }
      const operation = await untilFinal(
        {
          read: () => this.read(operationId),
          help: () => this.ask(operationId, requestRetry),
          replaceDead: () => this.standbyWorker(),
        },
        blows,
      )
      victim?.signal('SIGCONT') // wakes after everything is over, and must change nothing
      await this.letLateWorkerSpeak(victim)
      await Promise.all(blows)
      const around = await this.surroundings.violations({ isUndisturbed: isHarmless(attack) })
      return [...(await this.violations(operation)), ...around]
    } finally {
      stage.abort()
      await Promise.all(blows)
      await victim?.end()
      if (victim) this.workers.delete(victim)
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.workers].map((worker) => worker.end()))
    await this.surroundings.close()
    await this.control.close()
    await this.cell.stop()
  }

  private async violations(operation: OperationRecord): Promise<string[]> {
    const { cell } = this
    const rest = restViolations(operation)
    const history = await historyViolations(cell.db, operation)
    const [audit] = await cell.db.$queryRaw<{ lost: bigint }[]>`
      SELECT count(*) AS lost FROM global_audit_event e
      WHERE NOT EXISTS (SELECT FROM audit_inbox i WHERE i.audit_event_id = e.audit_event_id)
        AND NOT EXISTS (SELECT FROM audit_sequence s WHERE s.audit_event_id = e.audit_event_id)`
    const lost = Number(audit!.lost)
    return [
      ...rest,
      ...history,
      ...(lost > 0 ? [`${lost} audit events have no place in the order and await none.`] : []),
      ...(await cell.violations(operation)),
    ]
  }

  /** Always one more worker that lives, so that an operation whose worker is dead is taken over. */
  private async standbyWorker(): Promise<WorkerProcess> {
    const alive = [...this.workers].find((worker) => !worker.isGone)
    return alive ?? this.spawn(null)
  }

  private async spawn(fate: Attack['fate']): Promise<WorkerProcess> {
    const { catalog, cell } = this.cell
    const worker = await WorkerProcess.spawn({
      catalogUrl: catalog.url,
      dataDir: cell.fleet.fleet.dataDir,
      endpoints: Object.fromEntries(cell.fleet.members.map((member) => [member.name, endpointOf(member, VANTAGE)])),
      vantageRegion: VANTAGE,
      workerName: `worker-${++this.spawned}`,
      leaseTtlMs: LEASE_TTL_MS,
      crashAt: fate?.kind === 'crash' ? fate.at : undefined,
      freezeAt: fate?.kind === 'freeze' ? fate.at : undefined,
    })
    this.workers.add(worker)
    void worker.gone.then(() => this.workers.delete(worker))
    return worker
  }

  private async untilTaken(operationId: string, victim: WorkerProcess): Promise<void> {
    const giveUpAtMs = performance.now() + MOMENT_MS_MAX
    while (performance.now() < giveUpAtMs && !victim.isGone) {
      if (((await this.read(operationId))?.leaseEpoch ?? 0n) > 0n) return
      await sleep(POLL_MS)
    }
  }

  private async letLateWorkerSpeak(victim: WorkerProcess | null): Promise<void> {
    if (!victim || victim.isGone) return
    // Its lease is another's or gone: one heartbeat later it knows, and whatever it sent before has arrived.
    await Promise.race([victim.gone, sleep(LEASE_TTL_MS / 2)])
  }

  private async askToAbort(operationId: string, stage: AbortSignal): Promise<void> {
    if (await this.moment(operationId, { step: 'fence-old-primary', delayMs: 0 }, stage))
      await this.ask(operationId, requestAbort)
  }

  /** A refusal of the request is an answer too: the decision may have been taken. */
  private async ask(operationId: string, control: typeof requestAbort): Promise<void> {
    const order = { operationId, actor: this.cell.actor, homeRegion: VANTAGE, reason: 'The test asks for it.' }
    await transact(this.cell.db, (tx) => control(tx, order)).catch(() => {})
  }

  private async deal(operationId: string, at: Moment, blow: Blow, stage: AbortSignal): Promise<void> {
    if (!(await this.moment(operationId, at, stage))) return
    const operation = await this.read(operationId)
    switch (blow.kind) {
      case 'kill-worker':
        for (const worker of this.workers) if (worker.name === operation?.leaseHolder) worker.signal('SIGKILL')
        return
      case 'abort':
        return this.ask(operationId, requestAbort)
      case 'kill-web':
        return this.surroundings.killWeb(blow.downMs, VANTAGE)
      case 'kill-sequencer':
        return this.surroundings.killSequencer(blow.downMs)
      case 'kill-catalog': {
        const { server } = this.cell.catalog
        await server.kill()
        await sleep(blow.downMs)
        return server.start()
      }
      case 'kill-member':
      case 'freeze-member': {
        const plan = operation?.params as { source: { member: string }; target: { member: string } } | undefined
        if (!plan) return
        const member = this.cell.cell.fleet.member(plan[blow.which].member)
        await (blow.kind === 'kill-member' ? member.kill() : member.freeze()).catch(() => {})
        await sleep(blow.downMs)
        return member.start()
      }
      case 'cut':
      case 'black-hole': {
        const { links } = this.cell.cell.fleet.fleet
        const ways = [links.link(VANTAGE, FAR), links.link(FAR, VANTAGE)]
        const hit = blow.way === 'both' ? ways : [ways[blow.way === 'there' ? 0 : 1]!]
        for (const link of hit) link.set({ state: blow.kind })
        await sleep(blow.downMs)
        for (const link of hit) link.set({ state: 'up' })
        return
      }
    }
  }

  /** False when the step was never seen to run. */
  private async moment(operationId: string, { step, delayMs }: Moment, stage: AbortSignal): Promise<boolean> {
    const giveUpAtMs = performance.now() + MOMENT_MS_MAX
    while (!stage.aborted && performance.now() < giveUpAtMs) {
      const found = (await this.read(operationId))?.steps.find(({ name }) => name === step)
      if (found && found.status !== 'pending') {
        await sleep(delayMs)
        return true
      }
      await sleep(POLL_MS)
    }
    return false
  }

  /** Null while the catalog is away. */
  private async read(operationId: string): Promise<OperationRecord | null> {
    return findOperation(this.cell.db, operationId).catch(() => null)
  }
}
