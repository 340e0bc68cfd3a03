import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { ClientBase } from 'pg'
import { inTransaction } from './transaction'

/** A connection that the caller opened, with its own deadlines (`statement_timeout`, `query_timeout`); never a pool. */
export type Connection = Pick<ClientBase, 'query'>

export const GATE_VERSION = 1

const sources: Record<number, URL> = { 1: new URL('./v1.sql', import.meta.url) }

/** Serialises installers; any number that nobody else uses. */
const INSTALL_LOCK = 1752132964

export type InstallGate = {
  /** The scope this database belongs to, for example `cell:sin`. Leave it out to let the first `openGate` decide. */
  scope?: string
  /** Application roles that may write the canary and the heartbeat, and that the gate must hold against. */
  grantees?: readonly string[]
  version?: number
}

/**
 * Installs or repairs the package, as a superuser or as the role that owns the tables to protect. It may be repeated: rows
 * are kept, and nothing is touched when the same source is already there.
 * Errors: a newer version is installed; the scope is another than the one the database has (STATUS_CONFLICT).
 */
export async function installGate(
  client: Connection,
  { scope, grantees = [], version = GATE_VERSION }: InstallGate = {},
): Promise<void> {
  const sourceUrl = sources[version]
  if (!sourceUrl) throw new Error(`There is no gate package version ${version}.`)
  const source = await readFile(sourceUrl, 'utf8')
  const sourceHash = createHash('sha256').update(source).digest('hex')

  await inTransaction(client, async () => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [INSTALL_LOCK])
    const installed = await installedPackage(client)
    if (installed && installed.version > version) {
      throw new Error(`Gate package ${installed.version} is installed; it does not go back to ${version}.`)
    }
    if (installed?.version !== version || installed.sourceHash !== sourceHash) {
      await client.query(source)
      await client.query(
        `INSERT INTO homeport.package_version (version, source_hash) VALUES ($1, $2)
         ON CONFLICT (version) DO UPDATE SET source_hash = excluded.source_hash, installed_at = now()`,
        [version, sourceHash],
      )
    }
    for (const grantee of grantees) await client.query('SELECT homeport.grant_use($1)', [grantee])
    if (scope !== undefined) await client.query('SELECT homeport.set_scope($1)', [scope])
  })
}

/**
 * Puts a table behind the gate. `tenantColumn` must be a plain uuid column; null means that only the scope is checked.
 * `table` is looked up as SQL would (`public.regulatory_case`). Takes a short exclusive lock when triggers are missing.
 */
export async function protectTable(
  client: Connection,
  table: string,
  tenantColumn: string | null = 'tenant_id',
): Promise<void> {
  await client.query('SELECT homeport.protect($1::regclass, $2::name)', [table, tenantColumn])
}

export async function unprotectTable(client: Connection, table: string): Promise<void> {
  await client.query('SELECT homeport.unprotect($1::regclass)', [table])
}

async function installedPackage(client: Connection): Promise<{ version: number; sourceHash: string } | null> {
  const { rows: present } = await client.query<{ present: boolean }>(
    `SELECT to_regclass('homeport.package_version') IS NOT NULL AS present`,
  )
  if (!present[0]?.present) return null
  const { rows } = await client.query<{ version: number; sourceHash: string }>(
    'SELECT version, source_hash AS "sourceHash" FROM homeport.package_version ORDER BY version DESC LIMIT 1',
  )
  return rows[0] ?? null
}
