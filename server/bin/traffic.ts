/** The sample application's users, in every region: `traffic --rate N` (commands per second in all). */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { systemClock } from '@/server/clock'
import { createDb } from '@/server/db'
import { env } from '@/server/env'
import { log } from '@/server/log'
import { createConsoleClient, createRouter, followRouteChanges, type Router } from '@/server/router-client'
import {
  createDemand,
  createLedger,
  createPools,
  type DemandTenant,
  runTraffic,
  seededRandom,
} from '@/server/sample-app'

const REPORT_EVERY_MS = 1_000
const SEED = 20_261_120
const { values } = parseArgs({ options: { rate: { type: 'string', default: '50' } } })

const FleetSecrets = z.object({ cells: z.record(z.string(), z.object({ app: z.string() })) })

async function main(signal: AbortSignal): Promise<void> {
  const { HOMEPORT_URL: url, HOMEPORT_ROUTER_TOKEN: token, HOMEPORT_DATA_DIR: dataDir } = env()
  if (!token || !dataDir) throw new Error('The traffic process needs HOMEPORT_ROUTER_TOKEN and HOMEPORT_DATA_DIR.')
  const { tenants, regions } = await readEstate()
  const routers = new Map<string, Router>(
    regions.map((fromRegion) => [fromRegion, createRouter(createConsoleClient({ url, token, fromRegion }))]),
  )
  const pools = createPools(await readCredentials(dataDir))
  const ledger = createLedger()
  const following = followRouteChanges(
    { url, token },
    (scopes) => {
      for (const router of routers.values()) router.invalidate(scopes)
    },
    signal,
  )
  const reporting = report()
  log.info({ tenants: tenants.length, regions: regions.length, perSecond: Number(values.rate) }, 'traffic is running')
  const demand = createDemand(tenants, regions, seededRandom(SEED))
  await runTraffic({ tenants, routers, pools, ledger, demand, perSecond: Number(values.rate), signal })
  await Promise.allSettled([following, reporting])
  await pools.close()

  async function report(): Promise<void> {
    const client = createConsoleClient({ url, token: token! })
    while (!signal.aborted) {
      await wait(REPORT_EVERY_MS, undefined, { signal }).catch(() => undefined)
      const madeAt = systemClock.now()
      const made = ledger.report()
      // What does not arrive is in the next one.
      await client.report(made, signal).then(
        () => ledger.delivered(made, madeAt),
        (error: unknown) => log.debug({ err: error }, 'report failed'),
      )
    }
  }
}

/** Which tenants there are is the customer's own knowledge; here it is read off the catalog once, at the start. */
async function readEstate(): Promise<{ tenants: DemandTenant[]; regions: string[] }> {
  const db = createDb(env().DATABASE_URL, { poolSize: 1 })
  try {
    const rows = await db.tenantRegionAssignment.findMany({ where: { status: 'ACTIVE' }, orderBy: { tenantId: 'asc' } })
    const regions = await db.region.findMany({ orderBy: { code: 'asc' } })
    const tenants = rows.map(({ tenantId, cellId, homeRegion }) => ({ tenantId, cell: cellId, homeRegion }))
    return { tenants, regions: regions.map(({ code }) => code) }
  } finally {
    await db.$disconnect()
  }
}

async function readCredentials(dataDir: string): Promise<Record<string, { user: string; password: string }>> {
  const { cells } = FleetSecrets.parse(JSON.parse(await readFile(path.join(dataDir, 'fleet-secrets.json'), 'utf8')))
  return Object.fromEntries(Object.entries(cells).map(([cell, { app }]) => [cell, { user: 'app', password: app }]))
}

const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => ending.abort())
process.on('disconnect', () => ending.abort())
await main(ending.signal)
process.exit(0)
