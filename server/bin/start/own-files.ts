import path from 'node:path'
import { makeDemoPeople } from '@/server/auth'
import { loadSecrets, SECRETS_FILE } from './secrets'

const PEOPLE_FILE = 'people.json'
/** In the order in which they are made. */
export const ownFiles = [SECRETS_FILE, PEOPLE_FILE] as const

export const peopleFileOf = (dataDir: string): string => path.join(dataDir, PEOPLE_FILE)

/**
 * The console's own secrets and the sign-ins, made before the fleet's first file, so that whatever holds a fleet held them
 * too: where they are missing then, they were lost and must not be invented anew. What exists is left as it is.
 */
export async function makeOwnFiles(dataDir: string): Promise<void> {
  await loadSecrets(dataDir)
  await makeDemoPeople(peopleFileOf(dataDir))
}
