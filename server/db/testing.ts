import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { promisify } from 'node:util'
import { startServer, type TestServer } from '@/server/fleet/testing'
import { createDb, type Db } from './client'

const MIGRATE_TIMEOUT_MS = 60_000
const deployScript = path.resolve(import.meta.dirname, '../../prisma/tools/migrate-deploy.mjs')

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

/** Creates the database if it is missing and applies what is pending. Throws with the engine's own words. */
export async function deployMigrations(databaseUrl: string): Promise<void> {
  await promisify(execFile)(process.execPath, [deployScript], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    timeout: MIGRATE_TIMEOUT_MS,
  })
}
