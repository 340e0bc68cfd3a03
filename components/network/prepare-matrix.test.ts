import { describe, expect, test } from 'vitest'
import type { LinkView } from '@/model/schemas/estate'
import { prepareCell, prepareMatrix, ratioStep, sayCell, worstLinks } from './prepare-matrix'

const link = (from: string, to: string, change: Partial<LinkView> = {}): LinkView => ({
  from,
  to,
  state: 'up',
  latency: { p50Ms: 50, p95Ms: 120, p99Ms: 150, maxMs: 400, count: 30 },
  lastMs: 51,
  budgetMs: 100,
  ratio: 0.5,
  asymmetric: false,
  detail: null,
  replicates: [],
  requestsPerSecond: null,
  seen: { observedAt: '2026-11-20T03:00:00Z', vantage: from, intervalMs: 2_000 },
  ...change,
})
const nowMs = Date.parse('2026-11-20T03:00:05Z')
const [fra, iad, syd] = ['eu-central-1', 'us-east-1', 'ap-southeast-2']
const down = link(fra!, syd!, { state: 'down', latency: { p50Ms: 4, p95Ms: null, p99Ms: null, maxMs: null, count: 1 } })
const network = {
  regions: [fra!, iad!, syd!],
  links: [link(fra!, iad!), down, link(iad!, fra!), link(iad!, syd!, { state: 'not-established' }), link(syd!, fra!)],
}

describe('a broken link', () => {
  const matrix = prepareMatrix(network, 'p50', nowMs)
  const row = matrix.rows.find(({ region }) => region === fra)!

  test('is down, whatever was measured before', () => {
    expect(row.cells.map((cell) => cell.kind).sort()).toEqual(['down', 'self', 'up'])
  })

  test('shows in the roll-up: worst first, and how many are heard', () => {
    expect(row.rollUp).toMatchObject({ worst: { kind: 'down' }, upCount: 1, count: 2 })
  })

  test('leads the list', () => {
    expect(worstLinks(network, 'p50', nowMs)[0]!.link).toBe(down)
  })
})

test('a pair that nobody probes is not a fault, and not the same as one that has no answer yet', () => {
  const matrix = prepareMatrix(network, 'p50', nowMs)
  const kinds = matrix.rows.find(({ region }) => region === syd)!.cells.map((cell) => cell.kind)
  expect(kinds).toContain('probe-missing')
  expect(matrix.rows.find(({ region }) => region === iad)!.rollUp.worst).toMatchObject({ kind: 'not-established' })
})

test('the ratio follows the chosen metric', () => {
  const ratioOf = (metric: 'p50' | 'p95' | 'max') => {
    const cell = prepareMatrix(network, metric, nowMs).rows.find(({ region }) => region === iad)!.cells[1]
    return cell?.kind === 'up' ? cell.ratio : null
  }
  expect([ratioOf('p50'), ratioOf('p95'), ratioOf('max')]).toEqual([0.5, 1.2, 4])
})

test.each([
  [0.79, 1],
  [0.8, 2],
  [1, 3],
  [1.5, 4],
  [2, 5],
])('%d times the budget is step %d', (ratio, step) => expect(ratioStep(ratio)).toBe(step))

test('a link that is not heard any more keeps its last value and leaves the roll-up', () => {
  const row = prepareMatrix(network, 'p50', nowMs + 60_000).rows.find(({ region }) => region === iad)!
  expect(row.cells[1]).toMatchObject({ kind: 'last-known', valueMs: 50 })
  expect(row.rollUp).toMatchObject({ upCount: 0, count: 2 })
})

test('a cell speaks', () => {
  expect(sayCell({ kind: 'down', link: down }, 'p50')).toBe('down')
  expect(
    sayCell(prepareMatrix(network, 'p95', nowMs).rows.find(({ region }) => region === iad)!.cells[1]!, 'p95'),
  ).toBe('p95 120 ms, 1.20 times its budget')
})

describe('a link over which a server answers with an error', () => {
  const empty = { p50Ms: null, p95Ms: null, p99Ms: null, maxMs: null, count: 0 }
  const detail = 'iad-1: no pg_hba.conf entry for host "127.0.0.1", user "app", no encryption (SQLSTATE 28000)'
  const shut = link(fra!, iad!, { latency: empty, ratio: null, detail })
  const row = prepareMatrix({ regions: [fra!, iad!], links: [shut] }, 'p50', nowMs).rows[0]!

  test('is no link without a sample: it says why there is no time, in words', () => {
    const says = sayCell(row.cells[1]!, 'p50')
    expect(says).toMatch(/^the way works, but no read comes back: iad-1: it answers, but its host rules/)
  })

  test('counts as heard', () => {
    expect(row.rollUp).toMatchObject({ worst: { kind: 'answers' }, upCount: 1, count: 1 })
  })

  test('is not believed to answer once nobody looks', () => {
    expect(prepareCell(shut, 'p50', nowMs + 60_000).kind).toBe('no-sample')
  })

  test('without anything said there is only no sample', () => {
    expect(prepareCell({ ...shut, detail: null }, 'p50', nowMs).kind).toBe('no-sample')
  })
})
