import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'

const MIGRATE_TIMEOUT_MS = 60_000
const deployScript = path.resolve(import.meta.dirname, '../../prisma/tools/migrate-deploy.mjs')

/** Creates the database if it is missing and applies what is pending. Throws with the engine's own words. */
export async function deployMigrations(databaseUrl: string): Promise<void> {
  await promisify(execFile)(process.execPath, [deployScript], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    timeout: MIGRATE_TIMEOUT_MS,
  })
}
