import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/**
 * What a careful person would script by hand and nothing more: no journal, no approval, no proof, no audit. The gate's own
 * fence on the old primary; wait until the other has replayed it; promote without waiting and look each millisecond; open.
 */
export type BareServer = { dsn: string; region: string }

const LOOK_EVERY_MS = 1
const LOOKS_MAX = 10_000

export async function bareSwitchover(
  { source, target }: { source: BareServer; target: BareServer },
  { scope, epoch }: { scope: string; epoch: bigint },
  opened: () => void,
): Promise<void> {
  const from = await connect(source.dsn)
  const to = await connect(target.dsn)
  const operationId = randomUUID()
  try {
    await from.query('SELECT homeport.fence_gate($1, $2, $3)', [scope, epoch, operationId])
    const { rows } = await from.query<{ lsn: string }>('SELECT pg_current_wal_flush_lsn() AS lsn')
    await until(to, 'SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS holds', [rows[0]!.lsn])
    await to.query('SELECT pg_promote(false)')
    await until(to, 'SELECT NOT pg_is_in_recovery() AS holds', [])
    await to.query('SELECT homeport.open_gate($1, $2, $3, $4)', [scope, target.region, epoch, operationId])
    opened()
  } finally {
    await Promise.all([from.end(), to.end()])
  }
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
