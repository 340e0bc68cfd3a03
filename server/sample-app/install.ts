import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type pg from 'pg'

const schemaFile = path.join(import.meta.dirname, 'schema.sql')

/** Tables that hold tenants' rows and are therefore put behind the gate. */
export const protectedTables = [
  'cases.regulatory_case',
  'cases.case_task',
  'cases.case_number_counter',
  'cases.outbox',
] as const

/** Creates the application's schema. Idempotent; needs a role that owns the tables, on a primary. */
export async function installSampleApp(client: pg.ClientBase): Promise<void> {
  await client.query(await readFile(schemaFile, 'utf8'))
}
