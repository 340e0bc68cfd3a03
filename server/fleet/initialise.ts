import { execFile, spawn } from 'node:child_process'
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bareEnvironment } from './environment'
import type { CellSpec } from './estate'
import { FleetError } from './fleet-error'
import { buildingDir, type Seat } from './postmaster'
import type { CellSecrets } from './secrets'
import { giveTo } from './server-account'
import { PG_HBA_CONF, postgresqlConf } from './settings'

const INITDB_TIMEOUT_MS = 60_000
const SINGLE_USER_TIMEOUT_MS = 60_000
/** Small segments keep eleven idle servers small on disk. */
const WAL_SEGMENT_MB = 4

const run = promisify(execFile)

/**
 * Makes the first primary of a cell: a database system of its own identity, with its roles and its database. All of it
 * happens beside the final place and is moved there at the end, so a killed start leaves nothing half made; and roles are
 * made before the server first listens, so there is no moment at which it trusts anybody.
 */
export async function initialisePrimary(seat: Seat, cell: CellSpec, secrets: CellSecrets): Promise<void> {
  const building = buildingDir(seat.dir)
  await mkdir(building, { recursive: true })
  await chmod(building, 0o700)
  await giveTo(seat.account, building)
  await initdb(seat, building)
  await writeConfiguration({ ...seat, dir: building }, cell)
  await runSingleUser(seat, building, cell.kind === 'catalog' ? catalogRoles(cell, secrets) : cellRoles(cell, secrets))
  await rename(building, seat.dir)
}

/** The files a server reads at start. Rewritten before every start: a standby's copy came from another server. */
export async function writeConfiguration(
  seat: Seat,
  cell: CellSpec,
  { hba = PG_HBA_CONF, extra = {} }: { hba?: string; extra?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const files = {
    'postgresql.conf': postgresqlConf({ ...cell.settings, ...extra }),
    'pg_hba.conf': hba,
    'pg_ident.conf': '',
  }
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(seat.dir, name), text, { mode: 0o600 })
    await giveTo(seat.account, join(seat.dir, name))
  }
}

async function initdb(seat: Seat, dir: string): Promise<void> {
  const args = ['-D', dir, '--username=homeport_admin', `--wal-segsize=${WAL_SEGMENT_MB}`]
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
  const noPassword = ['--auth-local=reject', '--auth-host=reject'] // replaced by pg_hba.conf; initdb wants a password otherwise
  await run(seat.runtime.initdb, [...args, ...noPassword, ...locale, '--no-sync', '--no-instructions'], {
    timeout: INITDB_TIMEOUT_MS,
    cwd: '/',
    env: bareEnvironment(),
    ...seat.account,
  }).catch((cause) => {
    throw new FleetError(
      'server-failed',
      `A database could not be made in ${dir}: ${firstLine(cause.stderr || cause.message)}`,
      { cause },
    )
  })
}

/** The gate binds `app`, so it must be ordinary and own nothing; `homeport_admin` is the superuser who owns. */
function cellRoles(cell: CellSpec, secrets: CellSecrets): string[] {
  return [
    `ALTER ROLE homeport_admin PASSWORD '${secrets.admin}'`,
    `CREATE ROLE replicator LOGIN REPLICATION PASSWORD '${secrets.replicator}'`,
    `CREATE ROLE app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '${secrets.app}'`,
    `CREATE DATABASE ${cell.database} OWNER homeport_admin`,
  ]
}

/** One role for the console: it owns the catalog and may make databases, which Prisma's shadow database needs. */
function catalogRoles(cell: CellSpec, secrets: CellSecrets): string[] {
  return [
    `ALTER ROLE homeport_admin PASSWORD '${secrets.admin}'`,
    `CREATE ROLE replicator LOGIN REPLICATION PASSWORD '${secrets.replicator}'`,
    `CREATE ROLE homeport LOGIN NOSUPERUSER CREATEDB NOCREATEROLE PASSWORD '${secrets.app}'`,
    `CREATE DATABASE ${cell.database} OWNER homeport`,
  ]
}

/** Runs statements, one a line, without a listening server. Such a run exits 0 whatever happens: its log decides. */
function runSingleUser(seat: Seat, dir: string, statements: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    // Without fsync: until the first start has ended there is nothing to lose, and hundreds of new files to wait for.
    const options = ['log_min_messages=error', 'log_min_error_statement=panic', 'log_line_prefix=', 'fsync=off']
    const server = spawn(
      seat.runtime.postgres,
      ['--single', '-D', dir, ...options.flatMap((option) => ['-c', option]), 'postgres'],
      {
        cwd: '/',
        stdio: ['pipe', 'ignore', 'pipe'],
        timeout: SINGLE_USER_TIMEOUT_MS,
        env: bareEnvironment(),
        ...seat.account,
      },
    )
    let complaints = ''
    server.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
    server.on('error', reject)
    server.on('close', (code) => {
      if (code === 0 && !/^(ERROR|FATAL|PANIC)/m.test(complaints)) return resolve()
      reject(
        new FleetError(
          'server-failed',
          `The roles of ${dir} could not be made: ${firstLine(complaints)} (exit ${code})`,
        ),
      )
    })
    server.stdin.end(`${statements.join('\n')}\n`)
  })
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? ''
}
