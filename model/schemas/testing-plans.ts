import type { ForcedFailoverPlan, ReinstatementPlan, SwitchoverDrillPlan, SwitchoverPlan } from './plans'

/** One plan of each kind that people decide on, for tests of what is said about them: sin-1 in ap-southeast-1, sin-2 in ap-southeast-2. */
const fingerprint = { systemIdentifier: '7300000000000000001', timeline: 1, lsn: '0/5000000' }
const source = { ...fingerprint, member: 'sin-1', region: 'ap-southeast-1' }
const target = { ...fingerprint, member: 'sin-2', region: 'ap-southeast-2' }

const switchover: SwitchoverPlan = {
  version: 1,
  kind: 'planned-switchover',
  madeBy: '019f0000-0000-7000-8000-0000000000aa',
  cell: 'sin',
  scope: 'cell:sin',
  source,
  target,
  epoch: { from: '7', to: '8' },
  steps: [
    { name: 'recheck-plan', title: 'Check the plan against the world', undoable: false, pastReturn: false },
    { name: 'move-epoch', title: 'Move the write epoch', undoable: false, pastReturn: true },
  ],
  bounds: { lagMsMax: 5_000, drainMs: 2_000, replayMs: 5_000 },
  observed: { lagBytes: '0', heartbeatAgeMs: 500, at: '2026-11-20T03:00:00.000Z', vantage: 'eu-west-1' },
  loss: { kind: 'none', seconds: 0, bytes: '0', transactions: '0', basis: 'Nothing is lost.', until: null },
  writePauseEstimate: { lowMs: 331, highMs: 1_080, basis: 'Estimated.' },
  blastRadius: {
    tenantCount: 40,
    writesPerSecond: 12.5,
    policies: ['APAC'],
    dataClasses: ['case-data'],
    capacity: { writesPerSecondMax: 500, headroomPercent: 97 },
    openMigrationCount: 0,
    topTenants: [],
    tenantsDigest: 'd'.repeat(64),
  },
  residency: { verdict: 'allowed', checkedCount: 40, violations: [], policyVersions: { APAC: 3 } },
  redundancyDuring: 'As now.',
  overrides: [],
}

const forced: ForcedFailoverPlan = {
  ...switchover,
  kind: 'forced-failover',
  source: { ...source, lastSeenAt: '2026-11-20T02:59:56.000Z' },
  loss: { kind: 'bounded', seconds: 3.2, bytes: '208', transactions: '4', basis: 'Bounded.', until: null },
  finding: { name: 'ServerDown', says: 'The host of sin-1 refuses connections.', since: null, vantages: [] },
  fence: {
    means: [
      { strength: 'PROVEN', isPossible: false, says: 'sin-1 does not answer.' },
      { strength: 'POWERED_OFF', isPossible: true, says: 'The power switch answers.' },
    ],
  },
  isBreakGlass: false,
}

const rebuild: ReinstatementPlan = {
  ...switchover,
  kind: 'reinstatement',
  source: { ...source, lastSeenAt: '2026-11-20T02:59:56.000Z' },
  epoch: { from: '8', to: '8' },
  writePauseEstimate: { lowMs: 0, highMs: 0, basis: 'Nobody writes to this server.' },
  staleServerId: '019f0000-0000-7000-8000-0000000000bb',
  ledger: { lostWriteCount: 3, openConflictCount: 1, extractedAt: '2026-11-20T02:30:00.000Z' },
}

const drill: SwitchoverDrillPlan = {
  ...switchover,
  kind: 'drill-switchover',
  rtoObjectiveMs: 60_000,
  rpoObjectiveMs: 0,
  leg: 'there',
  firstLegId: null,
  back: 'The live cell:sin goes from sin-1 to sin-2 and goes back by itself.',
}

export const plansOfEachKind = {
  'planned-switchover': switchover,
  'forced-failover': forced,
  reinstatement: rebuild,
  'drill-switchover': drill,
} as const
