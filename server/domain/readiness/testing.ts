import type { MemberSettings, SettingsReport } from '@/server/engines/contract'
import type { CellWorld, MemberWorld } from '../operations'
import type { ReadinessFacts } from './judge-cell'

/** A cell that is ready in every respect; tests change one thing in it. */
export const NOW_MS = Date.parse('2026-11-20T03:00:00Z')

type Report = NonNullable<MemberWorld['report']>

export function readyFacts(change: Partial<ReadinessFacts> = {}): ReadinessFacts {
  const person = (name: string) => ({ id: name, name, hasSecondFactor: true })
  return {
    world: readyWorld(),
    rpoObjectiveMs: 5_000,
    settings: new Map([
      ['fra-1', settings()],
      ['fra-2', settings()],
    ]),
    lastDrills: new Map([
      ['drill-clone', { code: 'OP-7', finishedAtMs: NOW_MS - 86_400_000, isMet: true }],
      ['drill-switchover', { code: 'OP-8', finishedAtMs: NOW_MS - 20 * 86_400_000, isMet: true }],
    ]),
    approvers: {
      quorum: 2,
      people: [person('Aiko'), person('Ana')],
      requesters: [person('Omar'), person('Aiko')],
    },
    leftBehind: [],
    whyNoLiveDrill: null,
    vantage: 'eu-west-1',
    ...change,
  }
}

export function readyWorld(change: Partial<CellWorld> = {}): CellWorld {
  return {
    nowMs: NOW_MS,
    cell: { id: 'fra', scope: 'cell:fra', lagMsMax: 5_000, rpoObjectiveMs: 5_000, writeLeaseMs: null },
    members: [member('fra-1', 'eu-central-1', {}), member('fra-2', 'eu-west-1', {})],
    epoch: { activeMember: 'fra-1', activeRegion: 'eu-central-1', epoch: 7n, status: 'WRITABLE' },
    policies: [
      {
        code: 'EU',
        version: 1,
        allowedRegions: ['eu-central-1', 'eu-west-1'],
        isInForce: true,
        dataClasses: [],
        tenantCount: 40,
      },
    ],
    tenantCount: 40,
    topTenants: [],
    tenantsDigest: 'd'.repeat(64),
    operations: [],
    requests: [],
    migrations: [],
    otherCells: [],
    lastSwitchover: null,
    lastFailover: null,
    pastWritePausesMs: [],
    writesPerSecond: 100,
    holds: [],
    unacknowledgedFailover: null,
    lease: null,
    acknowledged: [],
    ...change,
  }
}

export function member(
  id: string,
  region: string,
  report: Partial<Report>,
  change: Partial<MemberWorld> = {},
): MemberWorld {
  const isWriter = id.endsWith('-1')
  return {
    id,
    region,
    report: {
      isReachable: true,
      detail: null,
      role: isWriter ? 'primary' : 'standby',
      systemIdentifier: '7300000000000000001',
      timeline: 1,
      lsn: '0/5000148',
      receivedLsn: isWriter ? null : '0/5000148',
      heartbeatAtMs: NOW_MS - 900,
      lastReachableAtMs: NOW_MS - 500,
      receiverStatus: isWriter ? null : 'streaming',
      upstreamMember: isWriter ? null : 'fra-1',
      gate: { status: 'WRITABLE', epoch: 7n, region: 'eu-central-1' },
      unprotected: [],
      preparedCount: 0,
      clockSkewMs: 3,
      vantage: 'eu-west-1',
      observedAtMs: NOW_MS - 500,
      ...report,
    },
    lag: isWriter
      ? null
      : { state: 'streaming', sourceMember: 'fra-1', bytes: 0n, heartbeatAgeMs: 700, sampledAtMs: NOW_MS - 500 },
    readRttMs: 1,
    writesMax: 500,
    finding: { name: 'ServerHealthy', says: `${id} answers.`, since: null, vantages: [] },
    lastAnswerAtMs: NOW_MS - 500,
    firstRefusalAtMs: null,
    agent: { isReady: true, says: 'The fleet answers.', checkedAtMs: NOW_MS - 5_000 },
    ...change,
  }
}

export function settings(change: Partial<MemberSettings> = {}): SettingsReport {
  return {
    reachable: true,
    values: { max_connections: '60', wal_level: 'logical', homeport_package: '1 (abcd)' },
    archive: { lastArchivedAt: new Date(NOW_MS - 60_000), lastFailedAt: null },
    ...change,
  }
}
