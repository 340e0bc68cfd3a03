import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writePrimaryConninfo } from './base-backup'
import type { Power, PowerAction, PowerReceipt } from './contract'
import type { CellSpec, MemberSpec } from './estate'
import { exists } from './exists'
import { FleetError } from './fleet-error'
import { initialisePrimary, writeConfiguration } from './initialise'
import { expectStartable, type LockoutBook, whyNotStarted } from './lockout'
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
import { processesIn } from './processes'
import type { CellSecrets } from './secrets'
import { CLOSED_HBA_CONF, clusterName } from './settings'

const PORTS_TRIED_MAX = 5

/** One server of the fleet and its power switch. Power off never waits for a start; starts and rebuilds go one by one. */
export class Member {
  readonly #orders = new Set<AbortController>()
  #isRetired = false
  #queue: Promise<unknown> = Promise.resolve()

  constructor(
    readonly cell: CellSpec,
    readonly spec: MemberSpec,
    readonly seat: Seat,
    private readonly secrets: CellSecrets,
    public port: number,
    private readonly lockouts: LockoutBook,
  ) {}

  /** Why the last start failed; null when it did not. */
  fault: string | null = null

  /** Why it is off although nobody switched it off by hand; null when a start would be let through. */
  get whyLocked(): string | null {
    return whyNotStarted(this.name, this.lockouts.of(this.name))
  }

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

  /** On as long as any process of it lives: backends outlive a killed postmaster, and then `pid` is null. */
  async power(): Promise<{ power: Power; pid: number | null }> {
    const running = await findPostmaster(this.seat.dir)
    if (running) return { power: running.state === 'stopped' ? 'frozen' : 'on', pid: running.pid }
    return { power: (await processesIn(this.seat.dir)).length > 0 ? 'on' : 'off', pid: null }
  }

  /** Starts a server that is off, thaws one that is frozen, and leaves one that runs alone. */
  start(): Promise<PowerReceipt> {
    return this.exclusively((signal) => this.#start(signal))
  }

  /** With `only: 'postmaster'` its backends find out by themselves, and may commit before they do: that is no power off. */
  async kill(only?: 'postmaster'): Promise<PowerReceipt> {
    if (only) {
      this.#cancelOrders()
      const pid = await killPostmasterOnly(this.seat.dir)
      const says = pid === null ? 'Its postmaster was off already.' : 'The postmaster alone was killed.'
      return this.#receipt('kill', pid, (await this.power()).power, says)
    }
    const { postmaster, says } = await this.cutPower()
    return this.#receipt('kill', postmaster, 'off', says)
  }

  /** Ends every process of it, and every start that is under way. */
  async cutPower(): Promise<{ postmaster: number | null; killedCount: number; says: string }> {
    this.#cancelOrders()
    const killed = await killPostmaster(this.seat.dir)
    const { killedCount } = killed
    const says = killedCount === 0 ? 'It was off already.' : `${killedCount} processes were killed; none of it is left.`
    return { ...killed, says }
  }

  async stop(): Promise<PowerReceipt> {
    this.#cancelOrders()
    const running = await findPostmaster(this.seat.dir)
    const how = await stopPostmaster(this.seat.dir)
    return this.#receipt(
      'stop',
      running?.pid ?? null,
      'off',
      how === 'was-off' ? 'It was off already.' : `Shutdown: ${how}.`,
    )
  }

  async freeze(only?: 'postmaster'): Promise<PowerReceipt> {
    const pid = await freeze(this.seat.dir, only)
    if (pid === null) throw new FleetError('conflict', `${this.name} is off: only a running server can be frozen.`)
    const says = only ? 'The postmaster alone is frozen.' : 'All its processes are frozen.'
    return this.#receipt('freeze', pid, 'frozen', says)
  }

  /**
   * Runs starts and rebuilds of this member one after another. The signal says that the power was switched off since the
   * order was given: an order never brings up a server whose power off was given out later.
   */
  exclusively<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const order = new AbortController()
    this.#orders.add(order)
    const turn = this.#queue.then(() => work(order.signal)).finally(() => this.#orders.delete(order))
    this.#queue = turn.catch(() => {})
    return turn
  }

  /** Only inside `exclusively`, with its signal. */
  async startNow(signal: AbortSignal): Promise<number> {
    if (this.#isRetired) throw new FleetError('conflict', `The fleet is closing: ${this.name} stays off.`)
    this.fault = this.whyLocked
    expectStartable(this.name, this.lockouts.of(this.name))
    await writeConfiguration(this.seat, this.cell, this.lockouts.of(this.name) ? { hba: CLOSED_HBA_CONF } : {})
    for (let attempt = 1; ; attempt += 1) {
      if (!(await isPortFree(this.port))) this.port = await findFreePort()
      try {
        return await startPostmaster(this.seat, { port: this.port, clusterName: clusterName(this.spec) }, signal)
      } catch (error) {
        if (error instanceof PortTaken && attempt < PORTS_TRIED_MAX) continue
        this.fault = error instanceof Error ? error.message : String(error)
        throw error
      }
    }
  }

  /** It was made anew: what it was taken out for is gone. */
  async liftLockout(): Promise<void> {
    const held = this.lockouts.of(this.name)
    if (held) await this.lockouts.lift(this.name, held.operationId)
  }

  /** The fleet closes: no start follows any more. Resolves when starts and rebuilds under way have ended. */
  async retire(): Promise<void> {
    this.#isRetired = true
    this.#cancelOrders()
    await this.#queue
  }

  async #start(signal: AbortSignal): Promise<PowerReceipt> {
    const running = await findPostmaster(this.seat.dir)
    if (running?.state === 'stopped') {
      signal.throwIfAborted()
      await thaw(this.seat.dir)
      return this.#receipt('start', running.pid, 'on', 'It was frozen and runs again.')
    }
    if (running) return this.#receipt('start', running.pid, 'on', 'It was on already.')
    if (!(await this.isBuilt()))
      throw new FleetError('conflict', `${this.name} has no data: rebuild it from another member.`)
    return this.#receipt('start', await this.startNow(signal), 'on', 'It was off and accepts connections.')
  }

  #cancelOrders(): void {
    const reason = new FleetError('conflict', `${this.name} was powered off before its start was done.`)
    for (const order of this.#orders) order.abort(reason)
  }

  #receipt(action: PowerAction, pid: number | null, power: Power, says: string): PowerReceipt {
    return { member: this.name, action, pid, power, at: new Date().toISOString(), says }
  }

  #dsn(role: string, password: string, port: number): string {
    return `postgres://${role}:${password}@${LOOPBACK}:${port}/${this.cell.database}`
  }
}
