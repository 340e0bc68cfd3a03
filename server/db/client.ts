import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { Prisma, PrismaClient } from './generated/client'

/**
 * The catalog. This folder owns connections, transactions, locks and the two things every change does beside itself:
 * append its audit event and announce itself. It knows no noun and no engine.
 */
export type Db = PrismaClient
export type Tx = Prisma.TransactionClient

const POOL_SIZE_MAX = 10
const CONNECT_TIMEOUT_MS = 5_000
const STATEMENT_TIMEOUT_MS = 15_000

export function createDb(databaseUrl: string, { poolSize = POOL_SIZE_MAX }: { poolSize?: number } = {}): Db {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: poolSize,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    // A dead peer must not hold a pooled connection for the kernel's two hours.
    keepAlive: true,
    query_timeout: STATEMENT_TIMEOUT_MS + 1_000,
  })
  // A connection that breaks while the adapter hands it back has no listener of anybody's, and would end the process. Whoever
  // uses one is told by the call.
  pool.on('connect', (client) => client.on('error', () => {}))
  return new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: true }) })
}

export { Prisma }
