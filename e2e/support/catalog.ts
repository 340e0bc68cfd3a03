import pg from 'pg'
import { createFleetCommands } from './fleet'

const DEADLINE_MS = 10_000

type Member = { role: string; adminDsn: string }

/**
 * One statement on the embedded catalog, as a person with psql would type it: for what only time or another hand does, such as
 * a request that runs out or a policy that changes.
 */
export async function runOnCatalog(dataDir: string, statement: string, values: readonly unknown[] = []): Promise<void> {
  const status = JSON.parse(await createFleetCommands(dataDir)('status', '--json')) as { members: Member[] }
  const catalog = status.members.find(({ role }) => role === 'catalog')
  if (!catalog) throw new Error('The fleet names no catalog.')
  const client = new pg.Client({
    connectionString: catalog.adminDsn,
    connectionTimeoutMillis: DEADLINE_MS,
    statement_timeout: DEADLINE_MS,
  })
  await client.connect()
  try {
    await client.query(statement, [...values])
  } finally {
    await client.end()
  }
}
