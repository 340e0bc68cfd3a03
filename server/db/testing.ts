import { randomBytes } from 'node:crypto'
import { startServer, type TestServer } from '@/server/fleet/testing'
import { createDb, type Db } from './client'
import { deployMigrations } from './migrate'

export type TestCatalog = { db: Db; url: string; server: TestServer; stop(): Promise<void> }

/** A catalog of one's own: a throw-away PostgreSQL server with every migration applied, gone when `stop` returns. */
export async function startCatalog(): Promise<TestCatalog> {
  const server = await startServer()
  const url = new URL(server.adminDsn)
  url.pathname = `/catalog_${randomBytes(4).toString('hex')}`
  await deployMigrations(url.toString())
  const db = createDb(url.toString())
  return {
    db,
    url: url.toString(),
    server,
    stop: async () => {
      await db.$disconnect()
      await server.stop()
    },
  }
}

/** What every cell must declare and no test looks at: spread it, and say what the test is about. */
export const cellBasics = {
  engine: 'postgres',
  database: 'app',
  adminUser: 'admin',
  adminSecretRef: 'env:NONE',
  appUser: 'app',
  appSecretRef: 'env:NONE',
  rpoObjectiveMs: 5_000,
  rtoObjectiveMs: 60_000,
  lagMsMax: 5_000,
} as const

type DeclaredServer = { name: string; region: string; host: string; port: number }

/** Declares a cell of these servers and their regions, with the first as its writer at epoch 1. */
export async function declareCell(
  db: Db,
  { scope, lagMsMax }: { scope: string; lagMsMax?: number },
  servers: readonly DeclaredServer[],
): Promise<void> {
  const [, id = scope] = scope.split(':')
  const place = { country: 'XX', jurisdiction: 'XX', inEea: true, lat: 0, lon: 0 }
  const members = servers.map(({ name, region, host, port }) => ({ id: name, regionCode: region, host, port }))
  await db.region.createMany({
    data: members.map(({ regionCode }) => ({ code: regionCode, city: regionCode, ...place })),
  })
  await db.cell.create({
    data: { ...cellBasics, id, name: 'Cell', scope, ...(lagMsMax && { lagMsMax }), members: { create: members } },
  })
  const [first] = servers
  if (first)
    await db.regionWriteEpoch.create({
      data: {
        logicalScope: scope,
        activeRegion: first.region,
        activeMember: first.name,
        epoch: 1n,
        status: 'WRITABLE',
      },
    })
}
