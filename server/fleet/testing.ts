import { chmod, lstat, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { materialiseRuntime, type Runtime, runtimeVersion } from './binaries'
import type { RebuildOrder, RebuildReceipt } from './contract'
import { destroyServers, findLockOwner } from './custody'
import { embeddedEstate } from './embedded-estate'
import type { CellSpec, Estate } from './estate'
import { Fleet } from './fleet'
import type { LinkDelay } from './links'
import type { Member } from './member'

/**
 * Real servers for integration tests. Each call makes its own, in a folder of its own, and removes it at `stop()`; if the
 * test process dies first, even by kill -9, a guard process does.
 */
export type TestServer = {
  host: string
  port: number
  /** Superuser. */
  adminDsn: string
  /** The ordinary role `app`: may connect, owns nothing. */
  appDsn: string
  kill(): Promise<void>
  start(): Promise<void>
  freeze(): Promise<void>
  thaw(): Promise<void>
  stop(): Promise<void>
}

export type TestMember = Omit<TestServer, 'stop'> & {
  name: string
  region: string
  /** Fast shutdown; `start()` brings it back. */
  shutDown(): Promise<void>
  /** The address as seen from a region, through the links. */
  dsnFrom(region: string, as: 'admin' | 'app'): string
}

export type TestCell = {
  name: string
  fleet: Fleet
  members: TestMember[]
  /** The first member: the primary at the start. Nothing here follows a promotion. */
  primary: TestMember
  standbys: TestMember[]
  member(name: string): TestMember
  rebuild(member: string, order: RebuildOrder): Promise<RebuildReceipt>
  stop(): Promise<void>
}

type ServerOptions = { database?: string; settings?: Record<string, string> }

/** One throw-away primary. `database` (default `app`) is empty and owned by the superuser. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const cell = await startCell({ primary: 'eu-west-1', standbys: [] }, options)
  return Object.assign(cell.primary, { stop: cell.stop })
}

/**
 * One throw-away cell: `<name>-1` is the primary, `<name>-2`... its standbys, already streaming. With `wan: true` the
 * links between the regions have their reference delays, else none; either way they can be cut and black-holed.
 */
export async function startCell(
  regions: { primary: string; standbys: readonly string[] },
  options: ServerOptions & { name?: string; wan?: boolean } = {},
): Promise<TestCell> {
  const name = options.name ?? 'cell'
  const cell: CellSpec = {
    name,
    kind: 'cell',
    database: options.database ?? 'app',
    members: [regions.primary, ...regions.standbys].map((region, index) => ({ name: `${name}-${index + 1}`, region })),
    settings: options.settings,
  }
  const { fleet, stop } = await startFleet({ cells: [cell] }, { linkDelay: options.wan ? 'reference' : 'none' })
  const members = [...fleet.members.values()].map((member) => testMember(fleet, member))
  const [primary, ...standbys] = members as [TestMember, ...TestMember[]]
  return {
    name,
    fleet,
    members,
    primary,
    standbys,
    member: (wanted) => members.find((member) => member.name === fleet.member(wanted).name)!,
    rebuild: (member, order) => fleet.rebuild(member, order),
    stop,
  }
}

/** Any estate. Given a `dataDir`, it is kept there and `stop()` only stops it; else it is thrown away. */
export async function startFleet(
  estate: Estate = embeddedEstate,
  options: { dataDir?: string; linkDelay?: LinkDelay } = {},
): Promise<{ fleet: Fleet; dataDir: string; stop(): Promise<void> }> {
  const linkDelay = options.linkDelay ?? 'reference'
  if (options.dataDir) {
    const fleet = await Fleet.start({
      dataDir: options.dataDir,
      estate,
      linkDelay,
      afterlife: 'stop',
      runtime: await sharedRuntime(),
    })
    return { fleet, dataDir: options.dataDir, stop: () => fleet.stop() }
  }
  await removeAbandoned()
  const dataDir = await mkdtemp(join(tmpdir(), TEMP_PREFIX))
  await chmod(dataDir, 0o711) // so that root's servers, which run as another account, can lie inside
  const discard = async () => {
    await destroyServers(dataDir)
    await rm(dataDir, { recursive: true, force: true })
  }
  const runtime = await sharedRuntime()
  const fleet = await Fleet.start({ dataDir, estate, linkDelay, afterlife: 'destroy', runtime }).catch(
    async (error) => {
      await discard()
      throw error
    },
  )
  const stop = async () => {
    await fleet.destroy()
    await rm(dataDir, { recursive: true, force: true })
  }
  return { fleet, dataDir, stop }
}

const TEMP_PREFIX = 'homeport-test-'
/** A folder without a lock may belong to a start that is a moment old. */
const ABANDONED_AGE_MS_MIN = 10 * 60_000

function testMember(fleet: Fleet, member: Member): TestMember {
  return {
    name: member.name,
    region: member.region,
    host: '127.0.0.1',
    get port() {
      return member.port
    },
    get adminDsn() {
      return member.adminDsn()
    },
    get appDsn() {
      return member.appDsn()
    },
    dsnFrom: (region, as) => {
      const port = fleet.relayPort(region, member.name)
      return as === 'admin' ? member.adminDsn(port) : member.appDsn(port)
    },
    kill: () => done(member.kill()),
    start: () => done(member.start()),
    freeze: () => done(member.freeze()),
    thaw: () => done(member.start()),
    shutDown: () => done(member.stop()),
  }
}

async function done(work: Promise<unknown>): Promise<void> {
  await work
}

/** One copy of the server programs a version and account, shared by every test on the machine. */
async function sharedRuntime(): Promise<Runtime> {
  const uid = process.getuid?.() ?? 0
  const cache = join(tmpdir(), `homeport-postgres-${await runtimeVersion()}-${uid}`)
  await mkdir(cache, { recursive: true, mode: 0o755 })
  // The name is predictable, so the folder must be proven ours: nobody else may have put programs there.
  const found = await lstat(cache)
  const isOurs = found.isDirectory() && found.uid === uid && (found.mode & 0o022) === 0
  return materialiseRuntime(join(isOurs ? cache : await mkdtemp(join(tmpdir(), TEMP_PREFIX)), 'runtime'))
}

let abandoned: Promise<void> | null = null

/** Once a process: removes what killed test runs left when even their guard was killed. */
function removeAbandoned(): Promise<void> {
  abandoned ??= (async () => {
    for (const name of await readdir(tmpdir())) {
      const dataDir = join(tmpdir(), name)
      if (!name.startsWith(TEMP_PREFIX) || (await findLockOwner(dataDir))) continue
      const ageMs =
        Date.now() -
        (await stat(dataDir).then(
          (found) => found.mtimeMs,
          () => Date.now(),
        ))
      if (ageMs < ABANDONED_AGE_MS_MIN) continue
      await destroyServers(dataDir).catch(() => {}) // somebody else's folder, or damaged: leave the rest of it alone
      await rm(dataDir, { recursive: true, force: true }).catch(() => {})
    }
  })()
  return abandoned
}
