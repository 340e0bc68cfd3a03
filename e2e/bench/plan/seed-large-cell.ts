import { randomUUID } from 'node:crypto'
import { SAMPLE_BUCKET_MS } from '@/model/observations'
import type { Db } from '@/server/db'
import { cellBasics } from '@/server/db/testing'

const POLICIES = 8
const BUCKETS = 30

/** A cell whose primary is down and whose standby may take over, as the collectors would have recorded it, with many tenants. */
export async function seedLargeCell(db: Db, tenantCount: number): Promise<{ cellId: string }> {
  const cellId = 'big'
  const place = { country: 'XX', jurisdiction: 'XX', inEea: true, lat: 0, lon: 0 }
  await db.region.createMany({
    data: ['eu-west-1', 'eu-central-1'].map((code) => ({ code, city: code, ...place })),
  })
  await db.cell.create({
    data: {
      ...cellBasics,
      ...{ id: cellId, name: 'Big', scope: 'cell:big' },
      members: {
        create: [
          { id: 'big-1', regionCode: 'eu-west-1', host: '127.0.0.1', port: 1, writesMax: 10_000 },
          { id: 'big-2', regionCode: 'eu-central-1', host: '127.0.0.1', port: 2, writesMax: 10_000 },
        ],
      },
    },
  })
  await db.regionWriteEpoch.create({
    data: {
      logicalScope: 'cell:big',
      activeRegion: 'eu-west-1',
      activeMember: 'big-1',
      epoch: 3n,
      status: 'WRITABLE',
    },
  })
  await seedTenants(db, cellId, tenantCount)
  await seedSights(db, cellId)
  return { cellId }
}

async function seedTenants(db: Db, cellId: string, tenantCount: number): Promise<void> {
  await db.residencyPolicy.createMany({
    data: Array.from({ length: POLICIES }, (_, index) => ({
      policyCode: `EU-${index}`,
      allowedRegions: ['eu-west-1', 'eu-central-1'],
      backupRegions: [],
      analyticsAllowed: false,
      crossBorderExportAllowed: false,
      description: 'The Union.',
      dataClasses: ['case-data'],
      effectiveFrom: new Date('2020-01-01'),
    })),
  })
  await db.$executeRaw`
    INSERT INTO tenant_region_assignment (tenant_id, name, home_region, residency_policy, status, cell_id)
    SELECT gen_random_uuid(), 'Tenant ' || n, 'eu-west-1', 'EU-' || n % ${POLICIES}::int, 'ACTIVE', ${cellId}
      FROM generate_series(1, ${tenantCount}::int) AS n`
  await db.$executeRaw`ANALYZE tenant_region_assignment`
}

/** Far enough ahead of the catalog's clock that nothing turns stale while the bench runs. */
async function seedSights(db: Db, cellId: string): Promise<void> {
  const seenAt = new Date(Date.now() + 10 * 60_000)
  const seen = {
    systemIdentifier: '7300000000000000001',
    timeline: 1,
    lsn: '0/5000148',
    gateStatus: 'WRITABLE',
    gateEpoch: 3n,
    gateRegion: 'eu-west-1',
    unprotected: [],
    preparedCount: 0,
    clockSkewMs: 2,
    vantageRegion: 'eu-central-1',
    observedAt: seenAt,
    heartbeatAt: new Date(),
  }
  await db.memberObservation.createMany({
    data: [
      { ...seen, memberId: 'big-1', state: 'unreachable', role: 'primary', lastReachableAt: new Date() },
      { ...seen, memberId: 'big-2', state: 'reachable', role: 'standby', lastReachableAt: seenAt },
    ],
  })
  const down = {
    outcome: 'unreachable',
    reach: 'refused',
    outcomeSince: new Date(),
    lastOkAt: new Date(Date.now() - 2_000),
  }
  const up = { outcome: 'ok', outcomeSince: new Date(), lastOkAt: seenAt, latencyMs: 2, lastOkMs: 2 }
  await db.probeObservation.createMany({
    data: ['eu-west-1', 'eu-central-1'].flatMap((vantageRegion) => [
      { vantageRegion, memberId: 'big-1', kind: 'read', observedAt: seenAt, ...down },
      { vantageRegion, memberId: 'big-2', kind: 'read', observedAt: seenAt, ...up },
    ]),
  })
  await db.readinessEvidence.create({
    data: {
      cellId,
      check: 'fencing-agent:big-1',
      outcome: 'passed',
      says: 'The power switch answers.',
      facts: { bench: randomUUID() },
      vantage: 'eu-central-1',
      checkedAt: seenAt,
    },
  })
  const nowMs = Math.floor(Date.now() / SAMPLE_BUCKET_MS) * SAMPLE_BUCKET_MS
  await db.trafficSample.createMany({
    data: Array.from({ length: BUCKETS }, (_, index) => ({
      bucketAt: new Date(nowMs - (BUCKETS - 3 - index) * SAMPLE_BUCKET_MS),
      ...{ userRegion: 'eu-west-1', cellId, writesAcked: 600, readsOk: 0, readsStale: 0, failed: 0 },
      ...{ refused: {}, writeLatency: {}, readLatency: {} },
    })),
  })
}
