import { expect, test } from 'vitest'
import { findRegion } from '@/model/regions'
import type { LinkView } from '@/model/schemas/estate'
import { isOfInterest, linkStatus, linkStatusAt, prepareLinks, prepareNodes } from './prepare-map'
import { MAP_WIDTH } from './projection'

const link = (change: Partial<LinkView>): LinkView => ({
  from: 'eu-west-1',
  to: 'us-east-1',
  state: 'up',
  latency: { p50Ms: 70, p95Ms: 80, p99Ms: 90, maxMs: 100, count: 30 },
  lastMs: 71,
  budgetMs: 80,
  ratio: 0.9,
  asymmetric: false,
  detail: null,
  replicates: [],
  requestsPerSecond: null,
  seen: { observedAt: '2026-11-20T03:00:00Z', vantage: 'eu-west-1', intervalMs: 2_000 },
  ...change,
})
const seenMs = Date.parse('2026-11-20T03:00:00Z')
const nodes = prepareNodes(
  ['eu-west-1', 'us-east-1', 'ap-southeast-1', 'ap-southeast-3'].map((code) => findRegion(code)!),
)

test('a healthy link that carries nothing is not drawn; a broken one always is', () => {
  expect(isOfInterest(link({}))).toBe(false)
  expect(isOfInterest(link({ replicates: ['fra'] }))).toBe(true)
  expect(isOfInterest(link({ state: 'down' }))).toBe(true)
  expect(isOfInterest(link({ ratio: 1.6 }))).toBe(true)
})

test('a link without a sample is unknown, never healthy', () => {
  expect(
    linkStatus(link({ latency: { p50Ms: null, p95Ms: null, p99Ms: null, maxMs: null, count: 0 }, ratio: null })),
  ).toBe('unknown')
})

test('a pair that nobody probes is unknown, never healthy, and is not on the map', () => {
  const unprobed = link({ state: 'probe-missing' })
  expect(linkStatus(unprobed)).toBe('unknown')
  expect(isOfInterest(unprobed)).toBe(false)
})

test('a link that was healthy a minute ago is not known to be healthy', () => {
  expect(linkStatusAt(link({}), seenMs + 5_000)).toBe('ok')
  expect(linkStatusAt(link({}), seenMs + 60_000)).toBe('unknown')
  expect(linkStatusAt(link({ state: 'down' }), seenMs + 60_000)).toBe('crit')
})

test('both directions are drawn apart', () => {
  const both = [link({ replicates: ['fra'] }), link({ from: 'us-east-1', to: 'eu-west-1', replicates: ['iad'] })]
  const [there, back] = prepareLinks(both, nodes, seenMs)
  const control = (path: string) => path.match(/Q([\d.-]+ [\d.-]+)/)![1]
  expect(control(there!.path)).not.toBe(control(back!.path))
})

test('labels of neighbours do not lie on each other', () => {
  const [singapore, jakarta] = [nodes[2]!, nodes[3]!]
  expect(singapore.side === jakarta.side && Math.abs(singapore.y - jakarta.y) < 22).toBe(false)
})

test('on a small map no name is cut off at its edge', () => {
  const codes = [
    'us-west-2',
    'us-east-1',
    'eu-west-1',
    'eu-central-1',
    'ap-southeast-1',
    'ap-southeast-3',
    'ap-southeast-2',
  ]
  const placed = prepareNodes(
    codes.map((code) => findRegion(code)!),
    { isSmall: true },
  )
  const shownAt = 0.46 // the what-if map at 1440 px
  for (const { code, x, side } of placed) {
    const widthPx = code.length * 7.3
    const atPx = x * shownAt
    const rightPx = { right: atPx + 12 + widthPx, left: atPx, above: atPx + widthPx / 2, below: atPx + widthPx / 2 }[
      side
    ]
    expect(rightPx, `${code} ${side}`).toBeLessThanOrEqual(MAP_WIDTH * shownAt)
  }
})
