import pg from 'pg'
import { refusalOf } from '@/model/refusals'
import type { Route } from '@/model/schemas/estate'
import { CommandNotDone, RouteRefused } from '@/server/router-client'

/** The application's own sign-in at each cell. */
export type CellCredentials = Readonly<Record<string, { user: string; password: string }>>

const CONNECTIONS_PER_POOL_MAX = 3
const CONNECT_TIMEOUT_MS = 5_000
const STATEMENT_TIMEOUT_MS = 5_000
const IDLE_TIMEOUT_MS = 60_000

export type Pools = {
  /** One command on a connection to the address that a route names. Throws what the router understands, else what the driver threw. */
  run<T>(route: Route, command: (db: pg.ClientBase) => Promise<T>, kind: 'read' | 'write'): Promise<T>
  close(): Promise<void>
}

/** The cell did nothing and asks to be asked again: a serialization failure, or a deadlock. */
const ASK_AGAIN = new Set(['40001', '40P01'])

/** One small pool an address. A pool whose server went away heals by itself: node-postgres drops broken connections. */
export function createPools(credentials: CellCredentials): Pools {
  const pools = new Map<string, pg.Pool>()

  function open(route: Route): pg.Pool {
    const { user, password } = credentials[route.cell] ?? {}
    if (!user) throw new Error(`There are no credentials for cell ${route.cell}.`)
    const { host, port, database } = route.endpoint
    const pool = new pg.Pool({
      host,
      port,
      database,
      user,
      password,
      max: CONNECTIONS_PER_POOL_MAX,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: STATEMENT_TIMEOUT_MS,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      application_name: 'case-platform',
    })
    pool.on('error', () => undefined) // an idle connection broke: the pool replaces it
    pool.on('connect', (client) => client.on('error', () => undefined)) // one in use: its call is told
    return pool
  }

  return {
    async run(route, command, kind) {
      const key = `${route.endpoint.host}:${route.endpoint.port}/${route.cell}`
      const pool = pools.get(key) ?? open(route)
      pools.set(key, pool)
      const client = await pool.connect().catch((cause: unknown) => {
        throw new CommandNotDone(`${route.endpoint.member} cannot be reached.`, { cause })
      })
      // An answer, be it a refusal, is no fault of the connection; the pool's own `query` would close it for one.
      let isBroken = true
      try {
        const done = await command(client)
        isBroken = false
        return done
      } catch (error) {
        isBroken = !(error instanceof pg.DatabaseError)
        throw translate(error, kind)
      } finally {
        client.release(isBroken)
      }
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.end()))
      pools.clear()
    },
  }
}

function translate(error: unknown, kind: 'read' | 'write'): unknown {
  const sqlstate = error instanceof pg.DatabaseError ? error.code : undefined
  const code = refusalOf(sqlstate)
  if (code) return new RouteRefused(code, { cause: error })
  // Reading twice does no harm; whether a write happened before its connection broke, nobody knows.
  const isOfConnection = sqlstate === undefined || sqlstate.startsWith('57P') || sqlstate.startsWith('08')
  const didNothing = (sqlstate && ASK_AGAIN.has(sqlstate)) || (kind === 'read' && isOfConnection)
  return didNothing ? new CommandNotDone('It did nothing, and may be asked again.', { cause: error }) : error
}
