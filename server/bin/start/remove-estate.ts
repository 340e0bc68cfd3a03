import { readdir, rm, rmdir } from 'node:fs/promises'
import path from 'node:path'
import { readSecrets } from './secrets'

/** What a start and its fleet write into a data directory. Nothing else there is theirs to remove. */
const ownFiles = new Set([
  'browser-sessions.json',
  'fleet-place.json',
  'fleet-ports.json',
  'fleet-secrets.json',
  'fleet.json',
  'fleet.lock',
  'logs',
  'people.json',
  'secrets.json',
  'servers',
  'used-codes.json',
])
/** What the root of an empty disk holds, and what a shell writes that keeps the output or the id of this very start. */
const HARMLESS = /^lost\+found$|\.(log|out|err|pid)$/
/** Files of a fleet. The first of them is its place: a directory with none of them never came to have servers. */
const MARKS = ['fleet-place.json', 'fleet-secrets.json', 'fleet-ports.json']

/**
 * Removes what is left of an estate after its fleet was destroyed, and the directory itself when nothing else is in it.
 * Throws, having removed nothing, when the directory holds files but no estate: it was named by mistake.
 */
export async function removeEstateFiles(dataDir: string): Promise<{ keptCount: number }> {
  const entries = await listEntries(dataDir)
  for (const name of entries.filter((entry) => ownFiles.has(entry)))
    await rm(path.join(dataDir, name), { recursive: true, force: true })
  const keptCount = entries.filter((entry) => !ownFiles.has(entry)).length
  if (keptCount === 0) await rmdir(dataDir).catch(ignoreMissing)
  return { keptCount }
}

/** To be asked before anything is removed. */
export async function refuseForeignDirectory(dataDir: string): Promise<void> {
  const entries = await listEntries(dataDir)
  if (entries.length > 0 && !hasMark(entries) && !(await isBegun(dataDir)))
    throw new Error(`${dataDir} holds no estate of Homeport, but other files. Nothing was removed; check --data-dir.`)
}

/** To be asked before an estate is made in a directory that holds none: it was named by mistake when others' files are in it. */
export async function refuseOthersFiles(dataDir: string): Promise<void> {
  const entries = await listEntries(dataDir)
  if (hasMark(entries) || (await isBegun(dataDir))) return
  const others = entries.find((entry) => !isOwn(entry) && !HARMLESS.test(entry))
  if (others !== undefined)
    throw new Error(
      `${dataDir} holds no estate of Homeport, but other files such as ${others}. Nothing was made; name an empty or a new directory with --data-dir.`,
    )
}

/** Whether a fleet was ever started on this directory, which need not exist. */
export async function holdsEstate(dataDir: string): Promise<boolean> {
  return hasMark(await listEntries(dataDir))
}

/** A start that was killed while it wrote a file leaves the draft of it. */
const isOwn = (entry: string): boolean =>
  ownFiles.has(entry) || (entry.endsWith('.draft') && ownFiles.has(entry.split('.').slice(0, 2).join('.')))

const hasMark = (entries: readonly string[]): boolean => MARKS.some((mark) => entries.includes(mark))

/** A first start that was killed before its fleet had a place leaves its secrets, and only a start of ours writes such. */
async function isBegun(dataDir: string): Promise<boolean> {
  return (await readSecrets(dataDir).catch(() => null)) !== null
}

async function listEntries(dataDir: string): Promise<string[]> {
  try {
    return await readdir(dataDir)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return []
    throw new Error(
      code === 'ENOTDIR'
        ? `${dataDir} is not a directory. Name one with --data-dir.`
        : `The data directory ${dataDir} cannot be read (${code}). Name another one with --data-dir.`,
    )
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
