import { createHash, randomUUID } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeKeptFile } from '@/server/kept-file'
import { exists } from './exists'
import { FleetError } from './fleet-error'
import { readJsonFile } from './json-files'
import { type Account, canWorkIn, giveTo } from './server-account'

/** Where servers go when their account cannot walk into the data directory: survives a reboot, open to every account. */
const SHARED_PARENT = '/var/tmp'
export const PLACE_FILE = 'fleet-place.json'
const MARK = '.homeport-servers.json'

const Place = z.object({ id: z.string(), serversDir: z.string() })
const Mark = z.object({ id: z.string(), dataDir: z.string() })

/**
 * The folder of the server programs and of the servers' data. Inside the data directory when the servers' account can
 * reach it; else (root, with a project under /root or a private folder) a folder of its own, recorded in the data
 * directory and marked with its owner, so that it is found again and never mistaken for another copy's.
 */
export async function findServersDir(dataDir: string, account: Account | null): Promise<string> {
  const recorded = await readJsonFile(join(dataDir, PLACE_FILE), Place)
  if (recorded) return recognise(dataDir, recorded)
  const serversDir = await makeServersDir(dataDir, account)
  const id = randomUUID()
  await writeKeptFile(join(serversDir, MARK), { id, dataDir } satisfies z.infer<typeof Mark>)
  await writeKeptFile(join(dataDir, PLACE_FILE), { id, serversDir } satisfies z.infer<typeof Place>)
  return serversDir
}

/** Removes the servers' folder of a data directory, wherever it is. The caller has stopped what runs there. */
export async function removeServersDir(dataDir: string): Promise<void> {
  const found = await findServersToRemove(dataDir)
  if (found) await rm(found, { recursive: true, force: true, maxRetries: 3 })
  await rm(join(dataDir, PLACE_FILE), { force: true })
}

/** By the record or, where that is damaged or gone, by the marks in the two places in which the folder can be. */
export async function findServersToRemove(dataDir: string): Promise<string | null> {
  try {
    const recorded = await findRecordedServersDir(dataDir)
    if (recorded) return recorded
  } catch (error) {
    if (!(error instanceof FleetError)) throw error
  }
  return findMarkedServersDir(dataDir)
}

/** The folder that is marked as ours, in one of the two places in which it can be. */
export async function findMarkedServersDir(givenDir: string): Promise<string | null> {
  const dataDir = await realpath(givenDir).catch(() => givenDir)
  const outside = (await readdir(SHARED_PARENT).catch(() => [])).filter((name) =>
    name.startsWith(outsidePrefix(dataDir)),
  )
  for (const dir of [join(dataDir, 'servers'), ...outside.map((name) => join(SHARED_PARENT, name))])
    if ((await readJsonFile(join(dir, MARK), Mark).catch(() => null))?.dataDir === dataDir) return realpath(dir)
  return null
}

/** The folder on record, whether or not it is there and ours; null without a record. */
export async function findServersOnRecord(dataDir: string): Promise<string | null> {
  return (await readJsonFile(join(dataDir, PLACE_FILE), Place))?.serversDir ?? null
}

/** The folder on record if it is there and is ours. */
export async function findRecordedServersDir(dataDir: string): Promise<string | null> {
  const recorded = await readJsonFile(join(dataDir, PLACE_FILE), Place)
  if (!recorded) return null
  const mark = await readJsonFile(join(recorded.serversDir, MARK), Mark)
  return mark?.id === recorded.id ? recorded.serversDir : null
}

async function recognise(dataDir: string, recorded: z.infer<typeof Place>): Promise<string> {
  const mark = await readJsonFile(join(recorded.serversDir, MARK), Mark)
  if (mark?.id !== recorded.id) {
    throw new FleetError(
      'corrupt-data-dir',
      `The servers of ${dataDir} are gone (${recorded.serversDir}). Start anew with --fresh.`,
    )
  }
  if (mark.dataDir === dataDir) return recorded.serversDir
  if (await exists(join(mark.dataDir, PLACE_FILE))) {
    throw new FleetError(
      'corrupt-data-dir',
      `${dataDir} is a copy of ${mark.dataDir}, which owns the servers. Start anew with --fresh.`,
    )
  }
  // The data directory was moved: the servers in it moved along, those beside it stayed.
  await writeKeptFile(join(recorded.serversDir, MARK), { id: recorded.id, dataDir } satisfies z.infer<typeof Mark>)
  return recorded.serversDir
}

async function makeServersDir(dataDir: string, account: Account | null): Promise<string> {
  const inside = join(dataDir, 'servers')
  await mkdir(inside, { recursive: true })
  await giveTo(account, inside)
  if (!account || (await canWorkIn(inside, account))) return realpath(inside)
  await rm(inside, { recursive: true })
  const outside = await mkdtemp(join(SHARED_PARENT, outsidePrefix(dataDir)))
  await chmod(outside, 0o711)
  await giveTo(account, outside)
  if (await canWorkIn(outside, account)) return realpath(outside)
  await rm(outside, { recursive: true })
  throw new FleetError(
    'unsupported-host',
    `The unprivileged account of the servers can write neither in ${dataDir} nor in ${SHARED_PARENT}.`,
  )
}

function outsidePrefix(dataDir: string): string {
  return `homeport-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}-`
}
