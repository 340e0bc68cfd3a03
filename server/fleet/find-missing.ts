import { basename, join } from 'node:path'
import { seatsIn } from './custody'
import { exists } from './exists'
import { LEDGER_FILE, loadLedger } from './ledger'
import { findMarkedServersDir, findServersOnRecord, PLACE_FILE } from './place'
import { formerDir, isScrap } from './postmaster'
import { SECRETS_FILE } from './secrets'

/**
 * What a fleet that was there before has lost: the path of the first file or server that is gone, or null. A start would
 * make it anew, which is another fleet under the same name. Changes nothing. A first start that was killed misses nothing:
 * the place is recorded first, then come the passwords, the servers, and last, with every server up, their ports.
 */
export async function findMissing(dataDir: string): Promise<string | null> {
  const recordedDir = await findServersOnRecord(dataDir)
  const serversDir = recordedDir ?? (await findMarkedServersDir(dataDir))
  const built = serversDir === null ? [] : await findBuilt(serversDir)
  const hasSecrets = await exists(join(dataDir, SECRETS_FILE))
  const isFleet = built.length > 0 || (await exists(join(dataDir, LEDGER_FILE)))
  if (recordedDir === null) return hasSecrets || isFleet ? join(dataDir, PLACE_FILE) : null
  if (!(await exists(recordedDir))) return recordedDir
  if (!hasSecrets) return isFleet ? join(dataDir, SECRETS_FILE) : null
  const { members } = await loadLedger(join(dataDir, LEDGER_FILE))
  const lost = Object.keys(members).find((name) => !built.includes(name))
  return lost === undefined ? null : join(recordedDir, 'members', lost)
}

/** A server that was set aside for a replacement counts: the next start takes it back (`stopLeftovers`). */
async function findBuilt(serversDir: string): Promise<string[]> {
  const built: string[] = []
  for (const dir of await seatsIn(serversDir)) {
    const seat = formerDir(dir) ?? dir
    if (!isScrap(seat) && (await exists(join(dir, 'PG_VERSION')))) built.push(basename(seat))
  }
  return built
}
