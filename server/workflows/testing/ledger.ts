import pg from 'pg'

/**
 * The receiver of effects in tests: a database of its own, beside the catalog, so that an effect and its record can fall
 * apart as they do in reality. It refuses a lease epoch below the highest it has seen, as every receiver must, and writes
 * down each effect that was applied, so that "at most once" can be counted instead of believed.
 */
export type Ledger = {
  url: string
  apply(effect: Effect): Promise<'applied' | 'was-there'>
  /** Whether the part stands now. Shutting the door on lower epochs is what makes the answer hold. */
  stands(effect: Omit<Effect, 'isRepeatable'>): Promise<boolean>
  takeBack(effect: Effect): Promise<'applied' | 'was-there'>
  counts(operationId: string): Promise<LedgerCount[]>
  refusals(operationId: string): Promise<number>
  close(): Promise<void>
}

export type Effect = {
  operationId: string
  part: string
  leaseEpoch: bigint
  /** The receiver recognises a repetition. If not, applying twice is visible as two. */
  isRepeatable: boolean
}

export type LedgerCount = { part: string; done: number; undone: number }

export class StaleLeaseEpoch extends Error {
  override name = 'StaleLeaseEpoch'
}

const STATEMENT_TIMEOUT_MS = 10_000
const POOL_SIZE_MAX = 8

export async function createLedger(adminUrl: string, database: string): Promise<Ledger> {
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`)
  await admin.end()
  const url = new URL(adminUrl)
  url.pathname = `/${database}`
  const ledger = new pg.Client({ connectionString: url.toString() })
  await ledger.connect()
  await ledger.query(`
    CREATE TABLE door (operation_id text PRIMARY KEY, epoch bigint NOT NULL);
    CREATE TABLE effect (
      id bigserial PRIMARY KEY, operation_id text NOT NULL, part text NOT NULL, direction text NOT NULL, epoch bigint NOT NULL);
    CREATE TABLE refusal (id bigserial PRIMARY KEY, operation_id text NOT NULL, part text NOT NULL, epoch bigint NOT NULL);
    CREATE INDEX ON effect (operation_id)`)
  await ledger.end()
  return openLedger(url.toString())
}

export function openLedger(url: string): Ledger {
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL_SIZE_MAX,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
  })
  pool.on('error', () => {}) // an idle connection cut by a test is not an event
  const within = <T>(work: (client: pg.PoolClient) => Promise<T>) => transaction(pool, work)
  return {
    url,
    apply: (effect) => within((client) => change(client, effect, 'do')),
    takeBack: (effect) => within((client) => change(client, effect, 'undo')),
    stands: (effect) =>
      within(async (client) => {
        await enter(client, effect)
        return (await standing(client, effect)) > 0
      }),
    counts: async (operationId) => {
      const { rows } = await pool.query<LedgerCount>(
        `SELECT part, count(*) FILTER (WHERE direction = 'do')::int AS done,
           count(*) FILTER (WHERE direction = 'undo')::int AS undone
         FROM effect WHERE operation_id = $1 GROUP BY part ORDER BY part`,
        [operationId],
      )
      return rows
    },
    refusals: async (operationId) => {
      const { rowCount } = await pool.query('SELECT 1 FROM refusal WHERE operation_id = $1', [operationId])
      return rowCount ?? 0
    },
    close: () => pool.end(),
  }
}

async function change(
  client: pg.PoolClient,
  effect: Effect,
  direction: 'do' | 'undo',
): Promise<'applied' | 'was-there'> {
  await enter(client, effect)
  const isThere = (await standing(client, effect)) > 0
  const isNeeded = direction === 'do' ? !isThere || !effect.isRepeatable : isThere
  if (!isNeeded) return 'was-there'
  await client.query('INSERT INTO effect (operation_id, part, direction, epoch) VALUES ($1, $2, $3, $4)', [
    effect.operationId,
    effect.part,
    direction,
    effect.leaseEpoch,
  ])
  return 'applied'
}

/** Takes the operation's row lock and raises its epoch; throws StaleLeaseEpoch, after noting it, for a lower one. */
async function enter(
  client: pg.PoolClient,
  { operationId, part, leaseEpoch }: Omit<Effect, 'isRepeatable'>,
): Promise<void> {
  const { rows } = await client.query<{ epoch: string }>(
    `INSERT INTO door VALUES ($1, $2)
     ON CONFLICT (operation_id) DO UPDATE SET epoch = greatest(door.epoch, excluded.epoch) RETURNING epoch`,
    [operationId, leaseEpoch],
  )
  if (BigInt(rows[0]!.epoch) <= leaseEpoch) return
  await client.query('INSERT INTO refusal (operation_id, part, epoch) VALUES ($1, $2, $3)', [
    operationId,
    part,
    leaseEpoch,
  ])
  throw new StaleLeaseEpoch(`Lease epoch ${leaseEpoch} is behind ${rows[0]!.epoch}.`)
}

async function standing(
  client: pg.PoolClient,
  { operationId, part }: { operationId: string; part: string },
): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    `SELECT coalesce(sum(CASE direction WHEN 'do' THEN 1 ELSE -1 END), 0)::int AS n FROM effect
     WHERE operation_id = $1 AND part = $2`,
    [operationId, part],
  )
  return rows[0]!.n
}

/** Commits also when the door was shut: the refusal is evidence. */
async function transaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    client.release()
    return result
  } catch (error) {
    await client.query(error instanceof StaleLeaseEpoch ? 'COMMIT' : 'ROLLBACK').catch(() => {})
    client.release(error instanceof StaleLeaseEpoch ? undefined : true)
    throw error
  }
}
