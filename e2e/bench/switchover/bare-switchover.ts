import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** What a careful person would script by hand and nothing more: no journal, no approval, no proof, no audit. */
export type BareServer = { dsn: string; region: string }
type Servers = { source: BareServer; target: BareServer }

const LOOK_EVERY_MS = 1
const LOOKS_MAX = 10_000

/**
 * Where there is no gate: the old primary is set to read-only by default, which holds once a new session shows it; sessions
 * from before are ended; then as below. No fence that deserves the name, since any client may set it off again.
 */
export async function softSwitchover({ source, target }: Servers, appRole: string, moved: () => void): Promise<void> {
  const from = await connect(source.dsn)
  const to = await connect(target.dsn)
  try {
    await from.query('ALTER SYSTEM SET default_transaction_read_only = on')
    await from.query('SELECT pg_reload_conf()')
    await untilNewSessionsAreReadOnly(source.dsn)
    await from.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [appRole])
    await replayAndPromote(from, to)
    moved()
  } finally {
    await Promise.all([from.end(), to.end()])
  }
}

/** With the gate, by hand: its fence on the old primary, and it is opened on the new one. */
export async function gatedSwitchover(
  { source, target }: Servers,
  { scope, epoch }: { scope: string; epoch: bigint },
  moved: () => void,
): Promise<void> {
  const from = await connect(source.dsn)
  const to = await connect(target.dsn)
  const operationId = randomUUID()
  try {
    await from.query('SELECT homeport.fence_gate($1, $2, $3)', [scope, epoch, operationId])
    await replayAndPromote(from, to)
    await to.query('SELECT homeport.open_gate($1, $2, $3, $4)', [scope, target.region, epoch, operationId])
    moved()
  } finally {
    await Promise.all([from.end(), to.end()])
  }
}

/** Promoted without waiting, and looked at each millisecond: `pg_promote(true)` looks every 100 ms. */
async function replayAndPromote(from: pg.Client, to: pg.Client): Promise<void> {
  const { rows } = await from.query<{ lsn: string }>('SELECT pg_current_wal_flush_lsn() AS lsn')
  await until(to, 'SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS holds', [rows[0]!.lsn])
  await to.query('SELECT pg_promote(false)')
  await until(to, 'SELECT NOT pg_is_in_recovery() AS holds', [])
}

async function untilNewSessionsAreReadOnly(dsn: string): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const fresh = await connect(dsn)
    const { rows } = await fresh.query<{ default_transaction_read_only: string }>('SHOW default_transaction_read_only')
    await fresh.end()
    if (rows[0]?.default_transaction_read_only === 'on') return
    await sleep(LOOK_EVERY_MS)
  }
  throw new Error(`Looked ${LOOKS_MAX} times in vain for a session that is read-only.`)
}

async function until(client: pg.Client, question: string, values: string[]): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const { rows } = await client.query<{ holds: boolean }>(question, values)
    if (rows[0]?.holds) return
    await sleep(LOOK_EVERY_MS)
  }
  throw new Error(`Looked ${LOOKS_MAX} times in vain: ${question}`)
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, query_timeout: 10_000, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {}) // ends the call that waits
  await client.connect()
  return client
}
