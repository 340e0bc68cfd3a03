import path from 'node:path'
import { readDemoPeople } from '@/server/auth'
import { refuseFullDisk } from './disk-space'
import { holdsEstate } from './remove-estate'
import { readSecrets } from './secrets'

/**
 * What a new estate grows to within its first hours. Its eleven servers and their programs take 0.55 GB when they are first
 * up, and each server comes to keep another 128 MB of its log (`wal_keep_size`), which makes 2 GB.
 */
const NEW_ESTATE_BYTES = 2_000_000_000

/**
 * Finds, before anything is made or started, what would end a start half way: files that are not what they should be, and
 * a disk without room for a new estate. Throws one sentence that says what to do; changes nothing.
 */
export async function examineDataDir(dataDir: string, { newEstateBytes = NEW_ESTATE_BYTES } = {}): Promise<void> {
  const isNew = !(await holdsEstate(dataDir))
  await readSecrets(dataDir)
  await readDemoPeople(path.join(dataDir, 'people.json'))
  if (isNew) await refuseFullDisk(dataDir, newEstateBytes)
}
