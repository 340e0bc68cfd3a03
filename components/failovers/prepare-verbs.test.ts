import { describe, expect, test } from 'vitest'
import { type FindingName, findings } from '@/model/findings'
import type { CellView, MemberView } from '@/model/schemas/estate'
import { linkedVerbs, prepareVerbs, suggestVerb } from './prepare-verbs'

const member = (id: string, name: FindingName): MemberView => ({
  id,
  cellId: 'fra',
  region: 'eu-central-1',
  isActive: id === 'fra-1',
  staleServerId: null,
  state: 'reachable',
  role: null,
  timeline: null,
  lsn: null,
  gateStatus: null,
  gateEpoch: null,
  unprotected: [],
  clockSkewMs: null,
  serverVersion: null,
  detail: null,
  status: 'ok',
  finding: { name, says: '', since: null, vantages: [] },
  seen: { observedAt: null, vantage: null, intervalMs: 1_000 },
})

const cellWith = (name: FindingName, hasStandby = true): CellView => ({
  id: 'fra',
  name: 'Frankfurt',
  scope: 'cell:fra',
  engine: 'postgres',
  activeRegion: 'eu-central-1',
  homeRegion: 'eu-central-1',
  activeMember: 'fra-1',
  epoch: '1',
  epochStatus: 'WRITABLE',
  epochChangedAt: '2026-11-20T03:00:00.000Z',
  tenantCount: 40,
  status: 'ok',
  says: '',
  members: [member('fra-1', name), ...(hasStandby ? [member('fra-2', 'ServerHealthy')] : [])],
  lag: [],
  writesPerSecond: null,
  writeLatency: { p50Ms: null, p95Ms: null, p99Ms: null, maxMs: null, count: 0 },
  operationId: null,
  failoverToNote: null,
  rpoObjectiveMs: 5_000,
  rtoObjectiveMs: 60_000,
})

const names = Object.keys(findings) as FindingName[]

describe('forced', () => {
  test.each([null, ...names.map((name) => cellWith(name))])('is never what a link or a finding chooses', (cell) => {
    expect(suggestVerb(cell)).not.toBe('forced')
    expect(linkedVerbs).not.toContain('forced')
  })
  test.each(names)('stays open to a person while the writer is %s: its dry run judges', (name) => {
    expect(prepareVerbs(cellWith(name)).forced.whyNot).toBeNull()
  })
})

test.each([
  ['ServerHealthy', 'planned'],
  ['UnreachableFromHere', 'planned-then-ask'],
  ['ServerDown', null],
  ['ServerUnreachable', null],
  ['ServerFrozen', null],
  ['NotObserved', null],
] as const)('a writer that is %s suggests %s', (name, verb) => {
  expect(suggestVerb(cellWith(name))).toBe(verb)
})

test.each(names)('every verb that is closed while the writer is %s says why', (name) => {
  const offer = prepareVerbs(cellWith(name))
  const isOpen = name === 'ServerHealthy' || name === 'UnreachableFromHere'
  expect(offer.planned.whyNot === null).toBe(isOpen)
  if (!isOpen) expect(offer.planned.whyNot).toMatch(/^It needs the word of fra-1: .+\.$/)
})

test('without a standby nothing can be moved, and each verb says so', () => {
  const offer = prepareVerbs(cellWith('ServerHealthy', false))
  for (const { whyNot } of Object.values(offer)) expect(whyNot).toBe('fra has no other server that could take over.')
})
