import { readdir, rm, rmdir } from 'node:fs/promises'
import path from 'node:path'

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
/** The fleet's first file: a directory without it has never held an estate. */
const MARK = 'fleet-place.json'

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
  if (entries.length > 0 && !entries.includes(MARK))
    throw new Error(`${dataDir} holds no estate of Homeport, but other files. Nothing was removed; check --data-dir.`)
}

/** Whether a fleet was ever started on this directory, which need not exist. */
export async function holdsEstate(dataDir: string): Promise<boolean> {
  return (await listEntries(dataDir)).includes(MARK)
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
