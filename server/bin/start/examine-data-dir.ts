import { access } from 'node:fs/promises'
import path from 'node:path'
import { readDemoPeople } from '@/server/auth'
import { findMissing, refuseRunningFleet } from '@/server/fleet'
import { refuseFullDisk } from './disk-space'
import { ownFiles, peopleFileOf } from './own-files'
import { holdsEstate, refuseOthersFiles } from './remove-estate'
import { readSecrets } from './secrets'

/**
 * What a new estate grows to within its first hours. Its eleven servers and their programs take 0.55 GB when they are first
 * up, and each server comes to keep another 128 MB of its log (`wal_keep_size`), which makes 2 GB.
 */
const NEW_ESTATE_BYTES = 2_000_000_000

/**
 * Finds, before anything is made or started, what would end a start half way or make an estate another one under the same
 * name: a fleet that runs, files of others where there is no estate yet, files that are not what they should be or are gone,
 * servers that are gone, and a disk without room for a new estate. Throws one sentence that says what to do; changes nothing.
 * `isCleared`: --fresh has just removed an estate there, and kept what was not the estate's.
 */
export async function examineDataDir(
  dataDir: string,
  { newEstateBytes = NEW_ESTATE_BYTES, isCleared = false } = {},
): Promise<void> {
  const isNew = !(await holdsEstate(dataDir))
  await refuseRunningFleet(dataDir)
  if (!isCleared) await refuseOthersFiles(dataDir)
  await readSecrets(dataDir)
  await readDemoPeople(peopleFileOf(dataDir))
  const missing = (await findMissing(dataDir)) ?? (isNew ? null : await findMissingOwnFile(dataDir))
  if (missing !== null)
    throw new Error(
      `${missing} is missing although an estate exists there. Restore it, or begin anew with --fresh (all data goes).`,
    )
  if (isNew) await refuseFullDisk(dataDir, newEstateBytes)
}

/** The first start makes them before its fleet makes any file (`makeOwnFiles`), so a fleet's file says that they were there. */
async function findMissingOwnFile(dataDir: string): Promise<string | null> {
  for (const file of ownFiles.map((name) => path.join(dataDir, name)))
    if (
      await access(file).then(
        () => false,
        (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
      )
    )
      return file
  return null
}
