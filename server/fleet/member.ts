import { access, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writePrimaryConninfo } from './base-backup'
import type { Power, PowerAction, PowerReceipt } from './contract'
import type { CellSpec, MemberSpec } from './estate'
import { FleetError } from './fleet-error'
import { initialisePrimary, writeConfiguration } from './initialise'
import { findFreePort, isPortFree, LOOPBACK } from './ports'
import {
  findPostmaster,
  freeze,
  killPostmaster,
  killPostmasterOnly,
  PortTaken,
  type Seat,
  startPostmaster,
  stopPostmaster,
  thaw,
} from './postmaster'
import type { CellSecrets } from './secrets'
import { clusterName } from './settings'

const PORTS_TRIED_MAX = 5

/** One server of the fleet and its power switch. Power off never waits for a start; starts and rebuilds go one by one. */
export class Member {
  #starting: AbortController | null = null
  #isRetired = false
  #queue: Promise<unknown> = Promise.resolve()

  constructor(
    readonly cell: CellSpec,
    readonly spec: MemberSpec,
    readonly seat: Seat,
    private readonly secrets: CellSecrets,
    public port: number,
  ) {}

  /** Why the last start failed; null when it did not. */
  fault: string | null = null

  get name(): string {
    return this.spec.name
  }

  get region(): string {
    return this.spec.region
  }

  /** The superuser of a cell's member; the owner role `homeport` of the catalog. */
  adminDsn(port = this.port): string {
    return this.cell.kind === 'catalog' ? this.appDsn(port) : this.superuserDsn(port)
  }

  /** The ordinary role that the gate binds: `app` in a cell. The catalog has one role for both. */
  appDsn(port = this.port): string {
    return this.#dsn(this.cell.kind === 'catalog' ? 'homeport' : 'app', this.secrets.app, port)
  }

  /** The fleet's own way in, for backups and for asking a server what it is. */
  superuserDsn(port = this.port): string {
    return this.#dsn('homeport_admin', this.secrets.admin, port)
  }

  conninfoTo(relayPort: number): string {
    return `host=${LOOPBACK} port=${relayPort} user=replicator password=${this.secrets.replicator} application_name=${this.name}`
  }

  async isBuilt(): Promise<boolean> {
    return exists(join(this.seat.dir, 'PG_VERSION'))
  }

  /** What the files say the server will be when it starts. What it is when it runs, only the server knows. */
  async startsAsStandby(): Promise<boolean> {
    return exists(join(this.seat.dir, 'standby.signal'))
  }

  async build(): Promise<void> {
    await initialisePrimary(this.seat, this.cell, this.secrets)
  }

  /** After relays moved to other ports: the standby follows the relay it used to follow. */
  async followMovedRelay(movedPorts: ReadonlyMap<number, number>): Promise<void> {
    const path = join(this.seat.dir, 'postgresql.auto.conf')
    const text = await readFile(path, 'utf8').catch(() => '')
    const moved = text.replace(/(^primary_conninfo.*\bport=)(\d+)/m, (all, before: string, port: string) => {
      const next = movedPorts.get(Number(port))
      return next ? `${before}${next}` : all
    })
    if (moved !== text) await writeFile(path, moved)
  }

  async writeConninfo(conninfo: string): Promise<void> {
    await writePrimaryConninfo(this.seat.dir, conninfo, this.seat)
  }

  async power(): Promise<{ power: Power; pid: number | null }> {
    const running = await findPostmaster(this.seat.dir)
    if (!running) return { power: 'off', pid: null }
    return { power: running.state === 'stopped' ? 'frozen' : 'on', pid: running.pid }
  }

  /** Starts a server that is off, thaws one that is frozen, and leaves one that runs alone. */
  start(): Promise<PowerReceipt> {
    return this.exclusively(() => this.#start())
  }

  /** With `only: 'postmaster'` its backends find out by themselves, and may commit before they do: that is no power off. */
  async kill(only?: 'postmaster'): Promise<PowerReceipt> {
    this.cancelStart()
    const pid = await (only ? killPostmasterOnly(this.seat.dir) : killPostmaster(this.seat.dir))
    if (pid === null) return this.#receipt('kill', null, 'off', 'It was off already.')
    return this.#receipt('kill', pid, 'off', only ? 'The postmaster alone was killed.' : 'No process of it is left.')
  }

  async stop(): Promise<PowerReceipt> {
    this.cancelStart()
    const { pid } = await this.power()
    const how = await stopPostmaster(this.seat.dir)
    return this.#receipt('stop', pid, 'off', how === 'was-off' ? 'It was off already.' : `Shutdown: ${how}.`)
  }

  async freeze(only?: 'postmaster'): Promise<PowerReceipt> {
    const { pid } = await this.power()
    if (pid === null) throw new FleetError('conflict', `${this.name} is off: only a running server can be frozen.`)
    await freeze(pid, only)
    return this.#receipt(
      'freeze',
      pid,
      'frozen',
      only ? 'The postmaster alone is frozen.' : 'All its processes are frozen.',
    )
  }

  /** Power off beats a start that is under way. */
  cancelStart(): void {
    this.#starting?.abort(new FleetError('conflict', `${this.name} was powered off while it started.`))
  }

  /** The fleet closes: no start follows any more. Resolves when starts and rebuilds under way have ended. */
  async retire(): Promise<void> {
    this.#isRetired = true
    this.cancelStart()
    await this.#queue
  }

  /** Runs starts and rebuilds of this member one after another. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work)
    this.#queue = turn.catch(() => {})
    return turn
  }

  /** Only inside `exclusively`. */
  async startNow(): Promise<number> {
    if (this.#isRetired) throw new FleetError('conflict', `The fleet is closing: ${this.name} stays off.`)
    this.fault = null
    await writeConfiguration(this.seat, this.cell)
    for (let attempt = 1; ; attempt += 1) {
      if (!(await isPortFree(this.port))) this.port = await findFreePort()
      this.#starting = new AbortController()
      try {
        const own = { port: this.port, clusterName: clusterName(this.spec) }
        return await startPostmaster(this.seat, own, this.#starting.signal)
      } catch (error) {
        if (error instanceof PortTaken && attempt < PORTS_TRIED_MAX) continue
        this.fault = error instanceof Error ? error.message : String(error)
        throw error
      } finally {
        this.#starting = null
      }
    }
  }

  async #start(): Promise<PowerReceipt> {
    const before = await this.power()
    if (before.power === 'on') return this.#receipt('start', before.pid, 'on', 'It was on already.')
    if (before.power === 'frozen' && before.pid) {
      await thaw(before.pid)
      return this.#receipt('start', before.pid, 'on', 'It was frozen and runs again.')
    }
    if (!(await this.isBuilt()))
      throw new FleetError('conflict', `${this.name} has no data: rebuild it from another member.`)
    return this.#receipt('start', await this.startNow(), 'on', 'It was off and accepts connections.')
  }

  #receipt(action: PowerAction, pid: number | null, power: Power, says: string): PowerReceipt {
    return { member: this.name, action, pid, power, at: new Date().toISOString(), says }
  }

  #dsn(role: string, password: string, port: number): string {
    return `postgres://${role}:${password}@${LOOPBACK}:${port}/${this.cell.database}`
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
