import pg from 'pg'
import type { Route } from '@/model/schemas/estate'

/** The application's own sign-in at each cell. */
export type CellCredentials = Readonly<Record<string, { user: string; password: string }>>

const CONNECTIONS_PER_POOL_MAX = 3
const CONNECT_TIMEOUT_MS = 5_000
const STATEMENT_TIMEOUT_MS = 5_000
const IDLE_TIMEOUT_MS = 60_000

export type Pools = {
  /** The pool of the address that a route names. */
  for(route: Route): pg.Pool
  close(): Promise<void>
}

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
    return pool
  }

  return {
    for(route) {
      const key = `${route.endpoint.host}:${route.endpoint.port}/${route.cell}`
      const pool = pools.get(key) ?? open(route)
      pools.set(key, pool)
      return pool
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.end()))
      pools.clear()
    },
  }
}
