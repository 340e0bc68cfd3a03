// Run by the fleet's guard (server/fleet/custody.ts) after the process that ran a fleet was killed.
import { rm } from 'node:fs/promises'
import { destroyServers, findLockOwner, stopLeftovers } from '@/server/fleet/custody'
import { findRecordedServersDir } from '@/server/fleet/place'

const [dataDir, afterlife] = process.argv.slice(2)
if (!dataDir) throw new Error('usage: fleet-reap DATA_DIR stop|destroy')

// A new owner may have started in the meantime; then the servers are in good hands.
if (!(await findLockOwner(dataDir))) {
  if (afterlife === 'destroy') {
    await destroyServers(dataDir)
    await rm(dataDir, { recursive: true, force: true })
  } else {
    const serversDir = await findRecordedServersDir(dataDir)
    if (serversDir) await stopLeftovers(serversDir)
  }
}
