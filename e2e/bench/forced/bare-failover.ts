import { randomUUID } from 'node:crypto'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/**
 * What a person at a shell would do about a primary that is gone, and nothing more: see that nobody listens there, promote the
 * standby without waiting and look each millisecond, open its gate by hand. No proof, no approval, no journal, no audit, and
 * nothing keeps the old primary from coming back.
 */
export type BareFailover = {
  source: { host: string; port: number }
  target: { dsn: string; region: string }
  scope: string
  epoch: bigint
}

const LOOK_EVERY_MS = 1
const LOOKS_MAX = 10_000
const CALL_MS = 5_000

export async function bareFailover({ source, target, scope, epoch }: BareFailover): Promise<void> {
  await refusesConnections(source)
  const client = new pg.Client({
    connectionString: target.dsn,
    query_timeout: CALL_MS,
    connectionTimeoutMillis: CALL_MS,
  })
  client.on('error', () => {}) // ends the call that waits
  await client.connect()
  try {
    await client.query('SELECT pg_promote(false)')
    await untilPromoted(client)
    await client.query('SELECT homeport.open_gate($1, $2, $3, $4)', [scope, target.region, epoch, randomUUID()])
  } finally {
    await client.end()
  }
}

function refusesConnections({ host, port }: BareFailover['source']): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port, timeout: CALL_MS })
    socket.once('error', () => resolve())
    socket.once('timeout', () => reject(new Error(`${host}:${port} gave no answer within ${CALL_MS} ms.`)))
    socket.once('connect', () => reject(new Error(`Somebody listens at ${host}:${port}.`)))
  })
}

async function untilPromoted(client: pg.Client): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const { rows } = await client.query<{ holds: boolean }>('SELECT NOT pg_is_in_recovery() AS holds')
    if (rows[0]?.holds) return
    await sleep(LOOK_EVERY_MS)
  }
  throw new Error(`It was still a standby after ${LOOKS_MAX} looks.`)
}
