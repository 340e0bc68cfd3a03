import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { materialiseRuntime, type Runtime } from './binaries'
import { Clones } from './clones'
import type {
  CloneReceipt,
  FleetStatus,
  LinkAction,
  LinkStatus,
  LockoutAction,
  LockoutReceipt,
  PowerAction,
  PowerReceipt,
  RebuildOrder,
  RebuildReceipt,
} from './contract'
import { type Afterlife, destroyServers, Guard, lockDataDir, stopLeftovers } from './custody'
import { checkEstate, type Estate, regionsOf } from './estate'
import { FleetError } from './fleet-error'
import { askStatus } from './fleet-status'
import { LEDGER_FILE, type Ledger, loadLedger, relayKey, saveLedger } from './ledger'
import { type LinkDelay, Links } from './links'
import { LockoutBook } from './lockout'
import { Member } from './member'
import { findServersDir } from './place'
import { findFreePort } from './ports'
import { rebuildStandby } from './rebuild'
import { Relay } from './relay'
import { loadSecrets, SECRETS_FILE } from './secrets'
import { type Account, serverAccount } from './server-account'
import { startEstate } from './start-estate'
import { bringBackClosed, release, takeOut } from './take-out'

export type FleetOptions = {
  /** Made if absent. Everything that must survive a restart lies there or in a folder recorded there. */
  dataDir: string
  estate: Estate
  linkDelay: LinkDelay
  /** What becomes of the servers if this process is killed. */
  afterlife: Afterlife
  /** Server programs shared by several fleets; without it the fleet makes its own copy. */
  runtime?: Runtime
  /** Gives up the start and stops what it started. */
  signal?: AbortSignal
}

/** A running fleet: its members, the links between their regions, and the relays that cross them. */
export class Fleet {
  #stopped: Promise<void> | null = null
  readonly #clones = new Clones()
  #lockOuts: Promise<unknown> = Promise.resolve()

  private constructor(
    readonly dataDir: string,
    readonly members: ReadonlyMap<string, Member>,
    readonly links: Links,
    readonly relays: readonly Relay[],
    private readonly serversDir: string,
    private readonly ledger: Ledger,
    private readonly lockouts: LockoutBook,
    readonly guard: Guard,
    private readonly unlock: () => Promise<void>,
  ) {}

  /** Starts everything: on an empty data directory from nothing, else the same estate as before. */
  static async start(options: FleetOptions): Promise<Fleet> {
    const estate = checkEstate(options.estate)
    await mkdir(options.dataDir, { recursive: true, mode: 0o711 })
    const dataDir = await realpath(options.dataDir)
    const unlock = await lockDataDir(dataDir)
    try {
      const account = serverAccount()
      const serversDir = await findServersDir(dataDir, account)
      await stopLeftovers(serversDir)
      const runtime = options.runtime ?? (await materialiseRuntime(join(serversDir, 'runtime')))
      const ledger = await loadLedger(join(dataDir, LEDGER_FILE))
      const lockouts = await LockoutBook.open(join(dataDir, LOCKOUTS))
      const members = await seatMembers(estate, { dataDir, serversDir, runtime, account, ledger, lockouts })
      const links = new Links(regionsOf(estate), options.linkDelay)
      const { relays, movedPorts } = await openRelays(links, members, ledger)
      const guard = new Guard(dataDir, options.afterlife)
      const fleet = new Fleet(dataDir, members, links, relays, serversDir, ledger, lockouts, guard, unlock)
      await fleet.#startServers(movedPorts, options.signal)
      return fleet
    } catch (error) {
      await unlock()
      throw error
    }
  }

  member(name: string): Member {
    const found = this.members.get(name)
    if (!found)
      throw new FleetError(
        'not-found',
        `There is no member "${name}". Members: ${[...this.members.keys()].join(', ')}.`,
      )
    return found
  }

  /** The loopback port by which a region reaches a member across the links. */
  relayPort(fromRegion: string, member: string): number {
    const relay = this.relays.find((candidate) => candidate.from === fromRegion && candidate.member === member)
    if (!relay) throw new FleetError('not-found', `There is no relay from ${fromRegion} to ${member}.`)
    return relay.port
  }

  /** Never throws for a server's sake and never takes long: who does not answer within a second is `unknown`. */
  status(): Promise<FleetStatus> {
    return askStatus(this)
  }

  async power(name: string, action: PowerAction, only?: 'postmaster'): Promise<PowerReceipt> {
    const member = this.member(name)
    if (action === 'kill') return member.kill(only)
    if (action === 'freeze') return member.freeze(only)
    if (action === 'stop') return member.stop()
    const receipt = await member.start()
    await this.#savePorts()
    return receipt
  }

  /**
   * Makes a member a fresh standby of another member of its cell, over the link between them, so both ways must be up.
   * Idempotent for one operation id. Throws `conflict` when it cannot be done now.
   */
  async rebuild(name: string, order: RebuildOrder): Promise<RebuildReceipt> {
    const member = this.member(name)
    const source = this.member(order.source)
    if (member === source || member.cell !== source.cell) {
      throw new FleetError(
        'bad-request',
        `${name} can only be rebuilt from another member of cell ${member.cell.name}.`,
      )
    }
    for (const way of [
      this.links.between(source.region, member.region),
      this.links.between(member.region, source.region),
    ]) {
      if (way.state !== 'up')
        throw new FleetError(
          'conflict',
          `The link ${way.from}:${way.to} is ${way.state}: nothing can be copied over it.`,
        )
    }
    const run = {
      operationId: order.operationId,
      relayPort: this.relayPort(member.region, source.name),
      receiptsPath: join(this.serversDir, 'receipts', `${name}.json`),
    }
    const receipt = await member.exclusively((signal) => rebuildStandby(member, source, run, signal))
    await this.#savePorts()
    return receipt
  }

  /** A padlock on a member's power switch; see take-out.ts. Safe to repeat for one operation. */
  async lockOut(name: string, action: LockoutAction, operationId: string): Promise<LockoutReceipt> {
    const member = this.member(name)
    const run = { 'power-off': takeOut, 'bring-back-closed': bringBackClosed, release }[action]
    const receipt = await this.#lockOutInTurn(() => run(this.lockouts, member, operationId))
    await this.#savePorts()
    return receipt
  }

  /** A throw-away primary from a standby's data, gone after `discardClone` or with the fleet. */
  startClone(name: string, operationId: string): Promise<CloneReceipt> {
    return this.#clones.start(this.member(name), operationId)
  }

  discardClone(operationId: string): Promise<void> {
    return this.#clones.discard(operationId)
  }

  /** `heal` brings the direction up and takes its added lag away; `lag` needs `lagMs`, one way. */
  changeLink(from: string, to: string, action: LinkAction, lagMs = 0): LinkStatus {
    const direction = this.links.link(from, to)
    if (action === 'heal') direction.set({ state: 'up', lagMs: 0 })
    if (action === 'lag') direction.set({ lagMs })
    if (action === 'cut' || action === 'black-hole') direction.set({ state: action })
    return direction.status()
  }

  /**
   * Stops everything in order: primaries first, so that their standbys receive the last of their log. Links come up for it,
   * as they would at the next start: a primary waits for a standby that it cannot reach.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  /** Ends everything and removes the servers and their data. */
  async destroy(): Promise<void> {
    const retired = [...this.members.values()].map((member) => member.retire())
    await Promise.all(retired)
    await this.#clones.discardAll()
    await Promise.all(this.relays.map((relay) => relay.close()))
    await destroyServers(this.dataDir)
    this.guard.release()
    await this.unlock()
  }

  async #stop(): Promise<void> {
    await this.#clones.discardAll()
    const members = [...this.members.values()]
    const retired = members.map((member) => member.retire())
    this.links.healAll()
    const standbys = await Promise.all(members.map((member) => member.startsAsStandby()))
    for (const wanted of [false, true]) {
      await Promise.all(members.filter((_, index) => standbys[index] === wanted).map((member) => member.stop()))
    }
    await Promise.all(retired)
    await Promise.all(members.map((member) => member.stop())) // one that was starting may have come up after its turn
    await Promise.all(this.relays.map((relay) => relay.close()))
    this.guard.release()
    await this.unlock()
  }

  async #startServers(movedPorts: ReadonlyMap<number, number>, signal?: AbortSignal): Promise<void> {
    const giveUp = () => void this.stop()
    try {
      signal?.throwIfAborted()
      signal?.addEventListener('abort', giveUp)
      await startEstate([...this.members.values()], {
        movedPorts,
        relayPort: (from, member) => this.relayPort(from, member),
      })
      await this.#savePorts()
      signal?.throwIfAborted()
    } catch (error) {
      await this.stop()
      throw error
    } finally {
      signal?.removeEventListener('abort', giveUp)
    }
  }

  /** One at a time: each reads the padlock, acts, and writes it. */
  #lockOutInTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lockOuts.then(work)
    this.#lockOuts = turn.catch(() => {})
    return turn
  }

  async #savePorts(): Promise<void> {
    for (const member of this.members.values()) this.ledger.members[member.name] = member.port
    for (const relay of this.relays) this.ledger.relays[relayKey(relay.from, relay.member)] = relay.port
    await saveLedger(join(this.dataDir, LEDGER_FILE), this.ledger)
  }
}

const LOCKOUTS = 'fleet-lockouts.json'

async function seatMembers(
  estate: Estate,
  place: {
    dataDir: string
    serversDir: string
    runtime: Runtime
    account: Account | null
    ledger: Ledger
    lockouts: LockoutBook
  },
): Promise<Map<string, Member>> {
  const secrets = await loadSecrets(join(place.dataDir, SECRETS_FILE), estate)
  for (const folder of ['members', 'logs'])
    await mkdir(join(place.serversDir, folder), { recursive: true, mode: 0o711 })
  const members = new Map<string, Member>()
  for (const cell of estate.cells) {
    for (const spec of cell.members) {
      const seat = {
        dir: join(place.serversDir, 'members', spec.name),
        logFile: join(place.serversDir, 'logs', `${spec.name}.log`),
        runtime: place.runtime,
        account: place.account,
      }
      const port = place.ledger.members[spec.name] ?? (await findFreePort())
      members.set(spec.name, new Member(cell, spec, seat, secrets[cell.name]!, port, place.lockouts))
    }
  }
  return members
}

/** A relay from every region to every member. Answers which ports had to move since the last start. */
async function openRelays(
  links: Links,
  members: ReadonlyMap<string, Member>,
  ledger: Ledger,
): Promise<{ relays: Relay[]; movedPorts: Map<number, number> }> {
  const relays: Relay[] = []
  const movedPorts = new Map<number, number>()
  for (const from of links.regions()) {
    for (const member of members.values()) {
      const way = {
        there: links.between(from, member.region),
        back: links.between(member.region, from),
        upstreamPort: () => member.port,
      }
      const relay = new Relay(from, member.name, way)
      const before = ledger.relays[relayKey(from, member.name)] ?? null
      await relay.open(before)
      if (before && relay.port !== before) movedPorts.set(before, relay.port)
      relays.push(relay)
    }
  }
  return { relays, movedPorts }
}
