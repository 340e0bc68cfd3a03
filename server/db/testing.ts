import { randomBytes } from 'node:crypto'
import { startServer, type TestServer } from '@/server/fleet/testing'
import { createDb, type Db } from './client'
import { deployMigrations } from './migrate'

export type TestCatalog = { db: Db; url: string; server: TestServer; stop(): Promise<void> }

/** A catalog of one's own: a throw-away PostgreSQL server with every migration applied, gone when `stop` returns. */
export async function startCatalog(): Promise<TestCatalog> {
  const server = await startServer()
  const url = new URL(server.adminDsn)
  url.pathname = `/catalog_${randomBytes(4).toString('hex')}`
  await deployMigrations(url.toString())
  const db = createDb(url.toString())
  return {
    db,
    url: url.toString(),
    server,
    stop: async () => {
      await db.$disconnect()
      await server.stop()
    },
  }
}

/** What every cell must declare and no test looks at: spread it, and say what the test is about. */
export const cellBasics = {
  engine: 'postgres',
  database: 'app',
  adminUser: 'admin',
  adminSecretRef: 'env:NONE',
  appUser: 'app',
  appSecretRef: 'env:NONE',
  rpoObjectiveMs: 5_000,
  rtoObjectiveMs: 60_000,
  lagMsMax: 5_000,
} as const
