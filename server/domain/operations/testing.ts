import type { CellWorld, MemberReportWorld, MemberWorld } from './world/cell-world'

/** A world in which a switchover of sin from sin-1 to sin-2 passes every check; tests change one thing in it. */
export function calmWorld(change: Partial<CellWorld> = {}): CellWorld {
  return {
    nowMs: NOW_MS,
    cell: { id: 'sin', scope: 'cell:sin', lagMsMax: 5_000, rpoObjectiveMs: 5_000, writeLeaseMs: null },
    members: [calmSource(), calmTarget()],
    epoch: { activeMember: 'sin-1', activeRegion: 'ap-southeast-1', epoch: 7n, status: 'WRITABLE' },
    policies: [
      {
        code: 'APAC',
        version: 3,
        allowedRegions: ['ap-southeast-1', 'ap-southeast-2'],
        isInForce: true,
        dataClasses: ['case-data'],
        tenantCount: 40,
      },
    ],
    tenantCount: 40,
    topTenants: [{ tenantId: '019f0000-0000-7000-8000-000000000001', name: 'Acme' }],
    tenantsDigest: 'd'.repeat(64),
    operations: [],
    requests: [],
    migrations: [],
    otherCells: [{ cellId: 'fra', region: 'eu-central-1', isWritable: true }],
    lastSwitchover: null,
    lastFailover: null,
    pastWritePausesMs: [],
    writesPerSecond: 12.5,
    holds: [],
    unacknowledgedFailover: null,
    lease: null,
    acknowledged: [],
    ...change,
  }
}

export const NOW_MS = Date.parse('2026-11-20T03:00:00Z')

export function calmSource(report: Partial<MemberReportWorld> = {}): MemberWorld {
  return {
    id: 'sin-1',
    region: 'ap-southeast-1',
    report: { ...calmReport, role: 'primary', receiverStatus: null, upstreamMember: null, ...report },
    lag: null,
    readRttMs: 180,
    writesMax: 500,
    ...calmSight('sin-1'),
  }
}

export function calmTarget(report: Partial<MemberReportWorld> = {}, change: Partial<MemberWorld> = {}): MemberWorld {
  return {
    id: 'sin-2',
    region: 'ap-southeast-2',
    report: { ...calmReport, ...report },
    lag: {
      state: 'streaming',
      sourceMember: 'sin-1',
      bytes: 2_048n,
      heartbeatAgeMs: 900,
      sampledAtMs: NOW_MS - 1_000,
    },
    readRttMs: 260,
    writesMax: 500,
    ...calmSight('sin-2'),
    ...change,
  }
}

function calmSight(id: string): Pick<MemberWorld, 'finding' | 'lastAnswerAtMs' | 'firstRefusalAtMs' | 'agent'> {
  return {
    finding: { name: 'ServerHealthy', says: `${id} answers 3 vantages.`, since: null, vantages: [] },
    lastAnswerAtMs: NOW_MS - 500,
    firstRefusalAtMs: null,
    agent: null,
  }
}

const calmReport: MemberReportWorld = {
  isReachable: true,
  detail: null,
  role: 'standby',
  systemIdentifier: '7300000000000000001',
  timeline: 1,
  lsn: '0/5000148',
  receivedLsn: '0/5000148',
  heartbeatAtMs: NOW_MS - 1_900,
  lastReachableAtMs: NOW_MS - 1_000,
  receiverStatus: 'streaming',
  upstreamMember: 'sin-1',
  gate: { status: 'WRITABLE', epoch: 7n, region: 'ap-southeast-1' },
  unprotected: [],
  preparedCount: 0,
  clockSkewMs: 3,
  vantage: 'eu-west-1',
  observedAtMs: NOW_MS - 1_000,
}
