import { expect, test } from 'vitest'
import type { ProbeOutcome, Status } from '@/model/observations'
import type { CellView } from '@/model/schemas/estate'
import type { ProbeSeen } from '../telemetry'
import type { CellRow, RegionRow } from './load-structure'
import type { World } from './load-world'
import { viewRegion } from './view-region'

const nowMs = Date.parse('2026-11-20T03:14:22Z')
const vantages = ['eu-west-1', 'us-east-1']
const region: RegionRow = {
  code: 'ap-southeast-2',
  city: 'Sydney',
  country: 'AU',
  jurisdiction: 'AU',
  lat: -33.9,
  lon: 151.2,
}
/** Only its identity matters here: a place names the cell it belongs to. */
const cellRow = { id: 'syd', members: [], epochChanges24h: 0 } as unknown as CellRow

const read = (vantageRegion: string, memberId: string, outcome: ProbeOutcome, sinceMs = 60_000): ProbeSeen => ({
  vantageRegion,
  memberId,
  kind: 'read',
  outcome,
  latencyMs: outcome === 'ok' ? 40 : null,
  detail: null,
  reach: null,
  observedAt: new Date(nowMs - 1_000),
  outcomeSince: new Date(nowMs - sinceMs),
  lastOkAt: null,
  lastOkMs: null,
})

/** syd-1 is the writer in the region, sin-2 the standby of another cell beside it. */
const world = (probes: ProbeSeen[]): World => ({
  regions: [region],
  vantages,
  budgets: [],
  cells: [],
  tenantsHomed: new Map(),
  nowMs,
  probes,
  members: new Map(),
  lags: new Map(),
  latencies: [],
  traffic: null,
  noAckMs: new Map(),
  places: new Map([
    ['syd-1', { cell: cellRow, region: region.code, isActive: true }],
    ['sin-2', { cell: cellRow, region: region.code, isActive: false }],
  ]),
})

const everywhere = (memberId: string, outcome: ProbeOutcome, sinceMs?: number) =>
  vantages.map((vantage) => read(vantage, memberId, outcome, sinceMs))

const cell = (status: Status, says: string): CellView =>
  ({ name: 'Sydney', activeRegion: region.code, members: [], lag: [], status, says }) as unknown as CellView

test('a dead writer does not make the region unreachable while another server there answers', () => {
  const seen = viewRegion(world([...everywhere('syd-1', 'unreachable'), ...everywhere('sin-2', 'ok')]), region, [])
  expect(seen.view).toMatchObject({
    status: 'warn',
    says: 'syd-1 does not answer from 2 of 2 vantages; sin-2 in the same region does.',
  })
  expect(seen.view.vantages.map(({ outcome }) => outcome)).toEqual(['ok', 'ok'])
})

test('a region is unreachable when none of its servers answers, since the last one stopped', () => {
  const probes = [...everywhere('syd-1', 'unreachable', 180_000), ...everywhere('sin-2', 'timeout', 61_000)]
  const { view } = viewRegion(world(probes), region, [])
  expect(view).toMatchObject({ status: 'crit', since: new Date(nowMs - 61_000).toISOString() })
  expect(view.says).toBe('ap-southeast-2 unreachable from 2 of 2 vantages since 03:13Z.')
})

test('the card shows the worst of the region and of the cells that write there', () => {
  const probes = [...everywhere('syd-1', 'unreachable'), ...everywhere('sin-2', 'ok')]
  const { view, judgement } = viewRegion(world(probes), region, [cell('crit', 'syd-1 is unreachable.')])
  expect(judgement.status).toBe('warn')
  expect(view.status).toBe('crit')
  expect(view.says).toMatch(/^syd-1 does not answer .* Sydney: syd-1 is unreachable\.$/)
})

test('a region is not called unreachable while one of its servers was never looked at', () => {
  expect(viewRegion(world(everywhere('syd-1', 'unreachable')), region, []).view.status).toBe('unknown')
})

test('a server that the console could not ask is no failure of the region, and no answer', () => {
  const one = viewRegion(world([...everywhere('syd-1', 'unasked'), ...everywhere('sin-2', 'ok')]), region, [])
  expect(one.view).toMatchObject({ status: 'ok' })
  const none = viewRegion(world([...everywhere('syd-1', 'unasked'), ...everywhere('sin-2', 'unreachable')]), region, [])
  expect(none.view).toMatchObject({ status: 'unknown' })
  expect(none.view.vantages.map(({ outcome }) => outcome)).toEqual([null, null])
})
