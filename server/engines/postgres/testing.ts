import { performance } from 'node:perf_hooks'
import { Client } from 'pg'
import type { Endpoint } from '@/server/engines/contract'
import type { ContractCell, ContractMember, ContractWriter } from '@/server/engines/contract-suite'
import { startCell, type TestCell, type TestMember } from '@/server/fleet/testing'
import { installGate } from '@/server/gate'
import { OFF_PREFIX } from './failover/drain'

/** A real cell behind the gate, with the application's table and the faults of the contract suite. */
const STEP_TIMEOUT_MS = 5_000
export const TEST_SCOPE = 'cell:cell'
const FIRST_OPERATION = '00000000-0000-7000-8000-000000000001'

export type GatedCell = ContractCell & { fleet: TestCell; members: readonly ContractMember[] }

export async function startGatedCell(
  standbyRegions = ['eu-central-1'],
  settings: Record<string, string> = {},
): Promise<GatedCell> {
  const cell = await startCell({ primary: 'eu-west-1', standbys: standbyRegions }, { settings })
  try {
    await prepare(cell.primary)
  } catch (error) {
    await cell.stop()
    throw error
  }
  const members = cell.members.map((member) => contractMember(cell, member))
  const [primary, standby] = members as [ContractMember, ContractMember]
  const between = () =>
    cell.standbys.flatMap(({ region }) => [
      cell.fleet.links.link(cell.primary.region, region),
      cell.fleet.links.link(region, cell.primary.region),
    ])
  return {
    scope: TEST_SCOPE,
    fleet: cell,
    members,
    primary,
    standby,
    startWriter: (member, epoch) => startWriter(cell.member(member.name).appDsn, epoch),
    storedNumbers: (member) => storedNumbers(cell.member(member.name).adminDsn),
    holdWrite: (member, epoch) => holdWrite(cell.member(member.name).appDsn, epoch),
    blackHoleReplication: () => {
      for (const link of between()) link.set({ state: 'black-hole' })
    },
    healReplication: () => {
      for (const link of between()) link.set({ state: 'up' })
    },
    stop: () => cell.stop(),
  }
}

export function endpointOf(member: TestMember, vantageRegion = member.region): Endpoint {
  const admin = new URL(member.dsnFrom(vantageRegion, 'admin'))
  const app = new URL(member.dsnFrom(vantageRegion, 'app'))
  return {
    memberId: member.name,
    region: member.region,
    vantageRegion,
    host: admin.hostname,
    port: Number(admin.port),
    database: admin.pathname.slice(1),
    admin: { user: admin.username, password: admin.password },
    app: { user: app.username, password: app.password },
  }
}

/** A standby that was drained receives nothing until somebody takes that back. */
export async function isDrained({ adminDsn }: TestMember): Promise<boolean> {
  const [row] = await asAdmin<{ slot: string }>(adminDsn, `SELECT current_setting('primary_slot_name') AS slot`)
  return row?.slot.startsWith(OFF_PREFIX) ?? false
}

/** Runs a text as the superuser, outside of the adapter. */
export async function asAdmin<Row extends object>(dsn: string, text: string): Promise<Row[]> {
  const client = await connect(dsn)
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

async function prepare(primary: TestMember): Promise<void> {
  const client = await connect(primary.adminDsn)
  try {
    await installGate(client, { scope: TEST_SCOPE, grantees: ['app'] })
    await client.query('CREATE TABLE public.written (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)')
    await client.query('GRANT SELECT, INSERT ON public.written TO app')
    await client.query(`SELECT homeport.protect('public.written', NULL)`)
    await client.query('SELECT homeport.open_gate($1, $2, 1, $3)', [TEST_SCOPE, primary.region, FIRST_OPERATION])
  } finally {
    await client.end()
  }
}

function contractMember(cell: TestCell, member: TestMember): ContractMember {
  const elsewhere = cell.members.find((other) => other.region !== member.region) ?? member
  return {
    name: member.name,
    near: endpointOf(member),
    far: endpointOf(member, elsewhere.region),
    freeze: () => member.freeze(),
    freezeListenerOnly: async () => {
      await cell.fleet.power(member.name, 'freeze', 'postmaster')
    },
    thaw: () => member.thaw(),
  }
}

/** One row after the other on one connection, until it is stopped or told no. */
async function startWriter(appDsn: string, epoch: bigint): Promise<ContractWriter> {
  const client = await connect(appDsn)
  const acknowledged: { number: number; sentAtMs: number; atMs: number }[] = []
  let isStopped = false
  const write = async () => {
    const sentAtMs = performance.now()
    const number = await writeOne(client, epoch)
    const atMs = performance.now()
    acknowledged.push({ number, sentAtMs, atMs })
    return atMs
  }
  const first = write()
  const writing = (async () => {
    await first
    while (!isStopped) await write()
  })()
  writing.catch(() => {}) // a refusal is how a writer ends
  return {
    acknowledged,
    firstAcknowledgement: () => first,
    stop: async () => {
      isStopped = true
      await writing.catch(() => {})
      await client.end().catch(() => {})
    },
  }
}

/** One text, so that it is one transaction and one round trip. */
async function writeOne(client: Client, epoch: bigint): Promise<number> {
  const text = `SET LOCAL homeport.scope_epoch = '${epoch}'; INSERT INTO public.written DEFAULT VALUES RETURNING number`
  const results: unknown = await client.query(text)
  const [, inserted] = results as [unknown, { rows: { number: string }[] }]
  return Number(inserted.rows[0]?.number)
}

async function storedNumbers(adminDsn: string): Promise<ReadonlySet<number>> {
  const rows = await asAdmin<{ number: string }>(adminDsn, 'SELECT number FROM public.written')
  return new Set(rows.map((row) => Number(row.number)))
}

async function holdWrite(appDsn: string, epoch: bigint): ReturnType<ContractCell['holdWrite']> {
  const client = await connect(appDsn)
  await client.query('BEGIN')
  await writeOne(client, epoch)
  return {
    isAlive: () =>
      client.query('SELECT 1').then(
        () => true,
        () => false,
      ),
    release: () => client.end().catch(() => {}),
  }
}

async function connect(dsn: string): Promise<Client> {
  const client = new Client({
    connectionString: dsn,
    query_timeout: STEP_TIMEOUT_MS,
    connectionTimeoutMillis: STEP_TIMEOUT_MS,
  })
  client.on('error', () => {}) // a server that is switched off by a test is no failure of the test
  await client.connect()
  return client
}
