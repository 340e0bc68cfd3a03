import { systemClock } from '@/server/clock'
import { createDb } from '@/server/db'
import { createEngines } from '@/server/engines/registry'
import { startLeaseRenewer } from '..'
import { readRenewerSettings } from './spawn-renewer'

/** A renewer in a process of its own, wired as server/bin/worker.ts is, to be killed, frozen and woken by signals. */
const { catalogUrl, workerName, endpoints } = readRenewerSettings()
const db = createDb(catalogUrl, { poolSize: 4 })
const engines = createEngines()
const end = new AbortController()
process.once('SIGTERM', () => end.abort())

await db.$queryRaw`SELECT 1`
const endpointOf = async (memberId: string) => endpoints[memberId]!
const { done } = startLeaseRenewer({ db, engines, clock: systemClock, endpointOf, workerName, signal: end.signal })
process.stdout.write('renewing\n')
await done
await engines.close()
await db.$disconnect()
process.exit(0)
