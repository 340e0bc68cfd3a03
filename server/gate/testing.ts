import { randomUUID } from 'node:crypto'
import { Client, DatabaseError } from 'pg'
import { type RefusalCode, refusalOf } from '@/model/refusals'
import { installGate, openGate, protectTable, setTenantGate } from './index'

// What the tests of the gate and of those who rely on it share: a server whose gate is open, and commands sent through it.

export const SCOPE = 'cell:dub'
export const REGION = 'eu-west-1'
export const EPOCH = 41
export const REGION_EPOCH = 3
export const LOCK_TIMEOUT_MS = 5_000

export type Isolation = 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE'

export type GatedDatabase = {
  admin: Client
  adminDsn: string
  appDsn: string
  tenantId: string
  /** The change that opened the gate, as the arguments of the next one: spread it and name what differs. */
  opened: { scope: string; epoch: number; operationId: string; lockTimeoutMs: number }
  /** A new session, ended by `close()`. */
  connect(as: 'admin' | 'app'): Promise<Client>
  close(): Promise<void>
}

/** A database of its own on the server, with the open gate of `SCOPE`, the table `record` behind it, and one tenant. */
export async function createGatedDatabase(server: { adminDsn: string; appDsn: string }): Promise<GatedDatabase> {
  const name = `gated_${randomUUID().replaceAll('-', '')}`
  const maker = await connectTo(server.adminDsn)
  await maker.query(`CREATE DATABASE ${name}`)
  await maker.end()
  const [adminDsn, appDsn] = [server.adminDsn, server.appDsn].map((dsn) => {
    const url = new URL(dsn)
    url.pathname = `/${name}`
    return url.href
  }) as [string, string]

  const sessions: Client[] = []
  const connect = async (as: 'admin' | 'app') => {
    const session = await connectTo(as === 'admin' ? adminDsn : appDsn)
    sessions.push(session)
    return session
  }
  const admin = await connect('admin')
  const opened = { scope: SCOPE, epoch: EPOCH, operationId: randomUUID(), lockTimeoutMs: LOCK_TIMEOUT_MS }
  const tenantId = await prepareGatedTable(admin, opened)
  const close = async () => {
    await Promise.all(sessions.map((session) => session.end().catch(() => undefined)))
  }
  return { admin, adminDsn, appDsn, tenantId, opened, connect, close }
}

/** Installs the gate on a primary, opens it, and puts the table `record` behind it. Returns the id of its one tenant. */
export async function prepareGatedTable(
  admin: Client,
  opened: GatedDatabase['opened'],
  region = REGION,
): Promise<string> {
  await installGate(admin, { scope: opened.scope, grantees: ['app'] })
  await openGate(admin, { ...opened, region })
  await admin.query(`CREATE TABLE record (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant_id uuid NOT NULL, body text NOT NULL);
    GRANT ALL ON record TO app`)
  await protectTable(admin, 'public.record')
  const tenantId = randomUUID()
  await setTenantGate(admin, { tenantId, regionEpoch: REGION_EPOCH, status: 'ACTIVE', lockTimeoutMs: LOCK_TIMEOUT_MS })
  return tenantId
}

export async function connectTo(dsn: string): Promise<Client> {
  const session = new Client({ connectionString: dsn, connectionTimeoutMillis: 10_000, query_timeout: 60_000 })
  session.on('error', () => undefined) // a session that a test ends is not an accident
  await session.connect()
  return session
}

/** Opens a transaction that carries both epochs, as an application would. */
export async function beginCommand(
  session: Client,
  {
    isolation = 'READ COMMITTED',
    scopeEpoch = String(EPOCH),
    regionEpoch = String(REGION_EPOCH),
  }: { isolation?: Isolation; scopeEpoch?: string; regionEpoch?: string } = {},
): Promise<void> {
  await session.query(`BEGIN ISOLATION LEVEL ${isolation}`)
  await session.query(
    `SELECT set_config('homeport.scope_epoch', $1, true), set_config('homeport.region_epoch', $2, true)`,
    [scopeEpoch, regionEpoch],
  )
}

export const insertRecord = (tenantId: string, body = 'written') =>
  `INSERT INTO record (tenant_id, body) VALUES ('${tenantId}', '${body}') RETURNING id`

/** One whole command. Returns what became of it: done, refused by the gate, to be retried (40001, 40P01), or another SQLSTATE. */
export async function runCommand(
  session: Client,
  sql: string,
  epochs: Parameters<typeof beginCommand>[1] = {},
): Promise<Outcome> {
  try {
    await beginCommand(session, epochs)
    await session.query(sql)
    await session.query('COMMIT')
    return 'done'
  } catch (error) {
    const outcome = outcomeOf(error)
    await session.query('ROLLBACK').catch(() => undefined)
    return outcome
  }
}

export type Outcome = 'done' | 'retry' | RefusalCode | `SQLSTATE ${string}`

export function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof DatabaseError) || !error.code) throw error
  if (error.code === '40001' || error.code === '40P01') return 'retry'
  return refusalOf(error.code) ?? `SQLSTATE ${error.code}`
}

/** The refusal of a change of the gate, or 'done'. */
export async function outcomeFrom(work: Promise<unknown>): Promise<Outcome> {
  return work.then(() => 'done' as const, outcomeOf)
}

export async function countRecords(session: Client): Promise<number> {
  const { rows } = await session.query<{ count: number }>('SELECT count(*)::integer AS count FROM record')
  return rows[0]?.count ?? 0
}

/** Whether some session of this database waits for a lock: a fence that waits for writers, or a writer that waits for it. */
export async function isSomebodyWaiting(admin: Client): Promise<boolean> {
  const { rows } = await admin.query(
    `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
  )
  return rows.length > 0
}

export const AHEAD_MS_MAX = 62_000

/** Orders a lease that ends `forMs` from now by the server's own clock. Resolves with the end in force. */
export async function renewLease(
  admin: Client,
  { scope, epoch }: Pick<GatedDatabase['opened'], 'scope' | 'epoch'>,
  forMs: number,
): Promise<Date> {
  const { rows } = await admin.query<{ until: Date }>(
    `SELECT lease_until AS until FROM homeport.renew_lease($1, $2, clock_timestamp() + $3 * interval '1 ms', $4)`,
    [scope, epoch, forMs, AHEAD_MS_MAX],
  )
  return rows[0]!.until
}

/** Waits until the lease of this server has run out, by the server's own clock. */
export async function leaseRunsOut(admin: Client): Promise<void> {
  await admin.query(`DO $$ BEGIN WHILE homeport.lease_lasts() LOOP PERFORM pg_sleep(0.005); END LOOP; END $$`)
}
