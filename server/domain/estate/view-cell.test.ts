import { expect, test } from 'vitest'
import type { ProbeOutcome } from '@/model/observations'
import type { MemberSeen, ProbeSeen } from '../telemetry'
import type { CellRow } from './load-structure'
import type { World } from './load-world'
import { viewCell } from './view-cell'

const nowMs = Date.parse('2026-11-20T03:14:22Z')
const ago = (ms: number) => new Date(nowMs - ms)

const cell = (epochAgeMs: number): CellRow => ({
  id: 'sin',
  name: 'Singapore',
  scope: 'cell:sin',
  engine: 'postgres',
  rpoObjectiveMs: 0,
  rtoObjectiveMs: 60_000,
  lagMsMax: 10_000,
  members: [{ id: 'sin-1', region: 'ap-southeast-1' }],
  activeRegion: 'ap-southeast-1',
  activeMember: 'sin-1',
  epoch: 41n,
  epochStatus: 'SWITCHING',
  epochChangedAt: ago(epochAgeMs),
  tenantCount: 3,
  homeRegion: 'ap-southeast-1',
  operationId: '01938e5e-0000-7000-8000-000000000001',
  operationKind: 'planned-switchover',
  operationStatus: 'running',
  isOperationPastReturn: false,
  epochChanges24h: 0,
  leftBehind: [],
  failoverToNote: null,
})

/** sin-1 as its own report shows it while a switchover holds its gate. */
const fenced: MemberSeen = {
  memberId: 'sin-1',
  state: 'reachable',
  role: 'primary',
  gateStatus: 'FENCED',
  gateEpoch: 42n,
  gateRegion: 'ap-southeast-1',
  unprotected: [],
  observedAt: ago(1_000),
} as unknown as MemberSeen

const write = (vantageRegion: string, outcome: ProbeOutcome, sinceMs: number): ProbeSeen => ({
  vantageRegion,
  memberId: 'sin-1',
  kind: 'write',
  outcome,
  latencyMs: null,
  detail: null,
  reach: null,
  observedAt: ago(1_000),
  outcomeSince: ago(sinceMs),
  lastOkAt: null,
  lastOkMs: null,
})

const see = (row: CellRow, probes: ProbeSeen[]) => {
  const world: World = {
    regions: [],
    vantages: ['eu-west-1', 'us-east-1'],
    budgets: [],
    cells: [row],
    tenantsHomed: new Map(),
    nowMs,
    probes,
    members: new Map([['sin-1', fenced]]),
    lags: new Map(),
    latencies: [],
    traffic: null,
    noAckMs: new Map(),
    places: new Map([['sin-1', { cell: row, region: 'ap-southeast-1', isActive: true }]]),
  }
  return viewCell(world, row)
}

test.each<[string, CellRow, ProbeSeen[], string]>([
  [
    'turned away everywhere for longer than a switchover takes',
    cell(3_600_000),
    [write('eu-west-1', 'refused', 40_000), write('us-east-1', 'refused', 38_000)],
    'warn',
  ],
  [
    'turned away by the last vantage only now',
    cell(3_600_000),
    [write('eu-west-1', 'refused', 40_000), write('us-east-1', 'refused', 4_000)],
    'active',
  ],
  [
    'accepted from one vantage',
    cell(3_600_000),
    [write('eu-west-1', 'refused', 40_000), write('us-east-1', 'ok', 40_000)],
    'active',
  ],
  [
    'turned away since an earlier epoch of the same member',
    cell(4_000),
    [write('eu-west-1', 'refused', 90_000)],
    'active',
  ],
  ['tried by nobody', cell(3_600_000), [], 'active'],
])('a cell that a running switchover has closed, its writes %s', (_, row, probes, status) => {
  expect(see(row, probes).status).toBe(status)
})
