import { chownSync, constants, copyFileSync, statSync } from 'node:fs'
import { chmod, copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FleetError } from './fleet-error'
import { buildingDir, outgoingDir, type Seat } from './postmaster'
import { giveTo } from './server-account'
import { withServer } from './sql'

const BACKUP_TIMEOUT_MS = 120_000
const SMALL_FILE_BYTES_MAX = 256 * 1024
const SMALL_FILES_A_TURN_MAX = 16
/** Of a segment's name. */
const TIMELINE_CHARS = 8
/** What a standby makes for itself. The same list as pg_basebackup's: the folder stays, its content does not. */
const CONTENT_NOT_COPIED = new Set([
  'pg_wal',
  'pg_dynshmem',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
])
const FILES_NOT_COPIED = new Set([
  'postmaster.pid',
  'postmaster.opts',
  'pg_internal.init',
  'backup_label',
  'tablespace_map',
  'standby.signal',
  'recovery.signal',
  'postgresql.auto.conf',
])

export type BaseBackup = {
  startLsn: string
  stopLsn: string
  systemIdentifier: string
  timeline: number
  sizeBytes: number
}

/**
 * Makes `target` a standby of a running primary: pg_backup_start, a copy of its files, pg_backup_stop. The copy is made
 * beside the target and replaces it at the end, in one rename, so an interrupted copy changes nothing.
 */
export async function copyStandby(
  source: { adminDsn: string; dir: string },
  target: Seat,
  primaryConninfo: string,
): Promise<BaseBackup> {
  const building = buildingDir(target.dir)
  const backup = await withServer(source.adminDsn, BACKUP_TIMEOUT_MS, async (client) => {
    const started = await client.query<{ startLsn: string; systemIdentifier: string; timeline: number }>(
      `SELECT pg_backup_start('homeport', fast => true)::text AS "startLsn",
              (SELECT system_identifier::text FROM pg_control_system()) AS "systemIdentifier",
              ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int AS timeline`,
    )
    const sizeBytes = await copyTree(source.dir, building, target)
    // pg_control is copied last: with it the copy promises everything before it.
    await copyOne(join(source.dir, 'global', 'pg_control'), join(building, 'global', 'pg_control'), target)
    const stopped = await client.query<{ stopLsn: string; label: string }>(
      'SELECT lsn::text AS "stopLsn", labelfile AS label FROM pg_backup_stop(wait_for_archive => false)',
    )
    const { stopLsn, label } = stopped.rows[0]!
    await writeOwned(join(building, 'backup_label'), label, target)
    return { ...started.rows[0]!, stopLsn, sizeBytes }
  })
  await writeOwned(join(building, 'standby.signal'), '', target)
  await writePrimaryConninfo(building, primaryConninfo, target)
  await replaceDir(building, target.dir)
  return backup
}

/**
 * A copy of a running standby that needs nobody to go on: with the log it has received so far. Answers its size in bytes.
 * The caller starts it or removes it.
 */
export async function copyForClone(source: { adminDsn: string; dir: string }, target: Seat): Promise<number> {
  return withServer(source.adminDsn, BACKUP_TIMEOUT_MS, async (client) => {
    await client.query("SELECT pg_backup_start('homeport', fast => true)")
    const sizeBytes = await copyTree(source.dir, target.dir, target)
    await copyOne(join(source.dir, 'global', 'pg_control'), join(target.dir, 'global', 'pg_control'), target)
    const { rows } = await client.query<{ label: string }>(
      'SELECT labelfile AS label FROM pg_backup_stop(wait_for_archive => false)',
    )
    const { label } = rows[0]!
    await writeOwned(join(target.dir, 'backup_label'), label, target)
    const firstSegment = /^START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)/m.exec(label)?.[1]
    if (!firstSegment) throw new FleetError('server-failed', 'The backup does not say where its log begins.')
    const walBytes = await copyWal(source.dir, target.dir, firstSegment, target)
    await writeOwned(join(target.dir, 'recovery.signal'), '', target)
    return sizeBytes + walBytes
  })
}

/** After the backup, so that all that the copied files need is there. Segments order by what follows their timeline. */
async function copyWal(source: string, target: string, firstSegment: string, seat: Seat): Promise<number> {
  const firstPlace = firstSegment.slice(TIMELINE_CHARS)
  let sizeBytes = 0
  for (const name of await readdir(join(source, 'pg_wal'))) {
    const isWanted = /^[0-9A-F]{24}$/.test(name) ? name.slice(TIMELINE_CHARS) >= firstPlace : name.endsWith('.history')
    if (isWanted) sizeBytes += await copyOne(join(source, 'pg_wal', name), join(target, 'pg_wal', name), seat)
  }
  return sizeBytes
}

/** postgresql.auto.conf is where ALTER SYSTEM writes, so whoever re-points a standby by SQL overrides this. */
export async function writePrimaryConninfo(dir: string, conninfo: string, seat: Seat): Promise<void> {
  await writeOwned(join(dir, 'postgresql.auto.conf'), `primary_conninfo = '${conninfo.replaceAll("'", "''")}'\n`, seat)
}

async function replaceDir(from: string, to: string): Promise<void> {
  const old = outgoingDir(to)
  await rm(old, { recursive: true, force: true })
  await rename(to, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  await rename(from, to)
  await rm(old, { recursive: true, force: true })
}

/**
 * A database is a thousand small files, for which the thread pool costs several times what the copying does. Small files
 * are copied in place, a few at a time, so that the relays of this process are never kept waiting for long.
 */
async function copyTree(source: string, target: string, seat: Seat): Promise<number> {
  const files: string[] = []
  await makeDirs(source, target, '', seat, files)
  let sizeBytes = 0
  for (const [index, path] of files.entries()) {
    const copiedBytes = await copyOne(join(source, path), join(target, path), seat)
    sizeBytes += copiedBytes
    if (index % SMALL_FILES_A_TURN_MAX === 0) await new Promise(setImmediate)
  }
  return sizeBytes
}

async function makeDirs(source: string, target: string, path: string, seat: Seat, files: string[]): Promise<void> {
  const made = join(target, path)
  await mkdir(made, { recursive: true })
  await chmod(made, 0o700)
  await giveTo(seat.account, made)
  const isContentCopied = !CONTENT_NOT_COPIED.has(path)
  for (const entry of await readdir(join(source, path), { withFileTypes: true })) {
    const inner = path ? `${path}/${entry.name}` : entry.name
    if (entry.isDirectory() && (isContentCopied || path === 'pg_wal'))
      await makeDirs(source, target, inner, seat, files)
    else if (entry.isFile() && isContentCopied && !FILES_NOT_COPIED.has(entry.name)) files.push(inner)
  }
}

/** Copies one file and answers its size. A file may vanish while it is copied: the log that follows accounts for it. */
async function copyOne(from: string, to: string, seat: Seat): Promise<number> {
  const sizeBytes = statSync(from, { throwIfNoEntry: false })?.size ?? null
  if (sizeBytes === null) return 0
  try {
    if (sizeBytes <= SMALL_FILE_BYTES_MAX) copyFileSync(from, to, constants.COPYFILE_FICLONE)
    else await copyFile(from, to, constants.COPYFILE_FICLONE)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    await rm(to, { force: true })
    return 0
  }
  if (seat.account) chownSync(to, seat.account.uid, seat.account.gid)
  return sizeBytes
}

async function writeOwned(path: string, text: string, seat: Seat): Promise<void> {
  await writeFile(path, text, { mode: 0o600 })
  await giveTo(seat.account, path)
}
