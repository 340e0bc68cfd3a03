import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Route } from '@/model/schemas/estate'
import { finalOperationStates } from '@/model/states'
import { SwitchoverCell } from '@/server/domain/operations/testing-cell'
import { asAdmin, endpointOf } from '@/server/engines/postgres/testing'
import { type ControlApi, openControlApi } from '@/server/fleet'
import { findOperation, type OperationRecord } from '@/server/workflows/operation-record'
import { Application, type ApplicationReport } from '../../chaos/switchover/spawn-application'
import { WebServer } from '../../chaos/switchover/spawn-web'
import { WorkerProcess } from '../../chaos/switchover/spawn-worker'
import { gatedSwitchover, softSwitchover } from './bare-switchover'

const SCOPE = 'cell:cell'
const VANTAGE = 'eu-west-1'
const LEASE_TTL_MS = 10_000
const WRITE_EVERY_MS = 2
const STEADY_MS = 500
/** As a worker does of itself. Looking more often would take the time away from what is measured. */
const POLL_MS = 500
const RUN_MS_MAX = 60_000
const TOKEN_BYTES = 32
const UNGATED_TABLE = 'ungated_record'

export type ByHand = { isGated: boolean; isConnected: boolean }

/** One cell behind the gate without any delay, its catalog, and the processes around it: web, worker, application. */
export class Stage {
  private constructor(
    readonly cell: SwitchoverCell,
    private readonly control: ControlApi,
    private readonly web: WebServer,
    private readonly worker: WorkerProcess,
    readonly application: Application,
  ) {}

  static async open(): Promise<Stage> {
    const cell = await SwitchoverCell.start({ lanes: 0 })
    await asAdmin(
      cell.cell.fleet.primary.adminDsn,
      `CREATE TABLE public.${UNGATED_TABLE} (LIKE public.record INCLUDING ALL); GRANT INSERT ON public.${UNGATED_TABLE} TO app`,
    )
    const control = await openControlApi(cell.cell.fleet.fleet)
    const catalogUrl = cell.catalog.url
    const routerToken = randomBytes(TOKEN_BYTES).toString('hex')
    const web = await WebServer.spawn({ catalogUrl, routerToken, port: 0, servedFrom: VANTAGE })
    const worker = await WorkerProcess.spawn({
      catalogUrl,
      dataDir: cell.cell.fleet.fleet.dataDir,
      endpoints: Object.fromEntries(cell.cell.fleet.members.map((member) => [member.name, endpointOf(member)])),
      vantageRegion: VANTAGE,
      workerName: 'worker-1',
      leaseTtlMs: LEASE_TTL_MS,
      pollMs: POLL_MS,
    })
    const { username: user, password, pathname } = new URL(cell.cell.fleet.primary.appDsn)
    const application = await Application.start({
      console: { url: web.url, token: routerToken },
      tenantId: cell.tenantId,
      database: pathname.slice(1),
      credentials: { user, password },
      firstId: 1,
      writeEveryMs: WRITE_EVERY_MS,
    })
    return new Stage(cell, control, web, worker, application)
  }

  /** By Homeport: planned, approved, carried out by the worker, told to the application by the console. */
  async switchByHomeport(): Promise<{ report: ApplicationReport; operation: OperationRecord }> {
    await this.cell.heal()
    this.application.tell({ kind: 'follow-console' })
    await this.begin()
    const operationId = await this.cell.enqueue()
    const operation = await this.untilFinal(operationId)
    if (operation.status !== 'done') throw new Error(`It is ${operation.status}: ${operation.statusReason}`)
    const report = await this.finish()
    const violations = await this.cell.violations(operation)
    if (violations.length > 0) throw new Error(violations.join(' '))
    return { report, operation }
  }

  /**
   * By hand: the application is told by the script. Without the gate it writes to a table of its own, which the gate does not
   * bind. With `isConnected` it holds a connection to the target beforehand, as a pooler may.
   */
  async switchByHand({ isGated, isConnected }: ByHand): Promise<{ report: ApplicationReport }> {
    await this.cell.heal()
    const { activeMember, epoch } = await this.cell.epochRow()
    const [source, target] = [this.member(activeMember), this.member(this.other(activeMember))]
    const table = isGated ? 'record' : UNGATED_TABLE
    const tell = (member: string, at: bigint) =>
      this.application.tell({ kind: 'follow-script', route: this.route(member, at), table })
    tell(source.name, epoch)
    if (isConnected) await this.application.connect(target.host, target.port)
    await this.begin()
    const servers = {
      source: { dsn: source.adminDsn, region: source.region },
      target: { dsn: target.adminDsn, region: target.region },
    }
    const moved = () => tell(target.name, epoch + 1n)
    if (isGated) await gatedSwitchover(servers, { scope: SCOPE, epoch: epoch + 1n }, moved)
    else await softSwitchover(servers, this.appRole, moved)
    const report = await this.finish()
    if (!isGated) await this.openGate(target.adminDsn, target.region, epoch + 1n)
    await this.cell.db.regionWriteEpoch.update({
      where: { logicalScope: SCOPE },
      data: { epoch: epoch + 1n, activeMember: target.name, activeRegion: target.region },
    })
    return { report }
  }

  async storedIds(): Promise<ReadonlySet<number>> {
    const { activeMember } = await this.cell.epochRow()
    const ungated = await asAdmin<{ id: string }>(
      this.member(activeMember).adminDsn,
      `SELECT id FROM public.${UNGATED_TABLE}`,
    )
    return new Set([...(await this.cell.storedIds()), ...ungated.map(({ id }) => Number(id))])
  }

  async close(): Promise<void> {
    await this.application.stop()
    await this.worker.end()
    await this.web.kill()
    await this.control.close()
    await this.cell.stop()
  }

  private get appRole(): string {
    return new URL(this.cell.cell.fleet.primary.appDsn).username
  }

  /** So that the next way finds the gate where the catalog says it is. */
  private async openGate(dsn: string, region: string, epoch: bigint): Promise<void> {
    await asAdmin(dsn, `SELECT homeport.open_gate('${SCOPE}', '${region}', ${epoch}, '${randomUUID()}')`)
  }

  private async begin(): Promise<void> {
    await sleep(STEADY_MS)
    this.application.tell({ kind: 'begin' })
    await sleep(STEADY_MS)
  }

  private async finish(): Promise<ApplicationReport> {
    await sleep(STEADY_MS)
    return this.application.report()
  }

  private member(name: string) {
    return this.cell.cell.fleet.member(name)
  }

  private other(name: string): string {
    return this.cell.cell.fleet.members.find((member) => member.name !== name)!.name
  }

  private route(name: string, epoch: bigint): Route {
    const { region, host, port } = this.member(name)
    return {
      tenantId: this.cell.tenantId,
      homeRegion: region,
      activeRegion: region,
      cell: 'cell',
      endpoint: { member: name, host, port, database: 'app' },
      scope: SCOPE,
      scopeEpoch: epoch.toString(),
      regionEpoch: '1',
      status: 'ACTIVE',
      policy: 'EU',
      asOf: new Date().toISOString(),
    }
  }

  private async untilFinal(operationId: string): Promise<OperationRecord> {
    const giveUpAtMs = performance.now() + RUN_MS_MAX
    for (;;) {
      const operation = await findOperation(this.cell.db, operationId)
      if (operation && [...finalOperationStates, 'needs-human'].includes(operation.status)) return operation
      if (performance.now() > giveUpAtMs) throw new Error(`It is ${operation?.status} after ${RUN_MS_MAX} ms.`)
      await sleep(POLL_MS)
    }
  }
}
