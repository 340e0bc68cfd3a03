import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { countOf, mergeHistograms } from '@/model/histogram'
import { startCatalog, type TestCatalog } from '@/server/db/testing'
import { getLink, getNetwork, getOverview, getReplication } from '@/server/domain/estate'
import { type GatedCell, startGatedCell } from '@/server/engines/postgres/testing'
import { collectLag } from './collect-lag'
import { collectMembers } from './collect-members'
import { collectProbes } from './collect-probes'
import { flushProbes } from './flush-probes'
import { holdVantages } from './hold-vantages'
import { createLooker, createTestClock, declareCell, type Looker, viewerCtx } from './testing'

// A writer in Dublin, standbys in Frankfurt and N. Virginia. The console stands in N. Virginia, so that cutting the way
// between Dublin and Frankfurt cuts replication and one vantage, and leaves the console's own sight whole.
const PRIMARY = 'eu-west-1'
const STANDBY = 'eu-central-1'
const HOME = 'us-east-1'

let catalog: TestCatalog
let cell: GatedCell
let looker: Looker
const clock = createTestClock()

beforeAll(async () => {
  ;[catalog, cell] = await Promise.all([startCatalog(), startGatedCell([STANDBY, HOME])])
  await declareCell(catalog.db, cell.fleet, clock)
  looker = createLooker(catalog.db, clock, { homeRegion: HOME, name: 'worker-a' })
})
afterAll(async () => {
  await looker?.stop()
  await Promise.all([catalog?.stop(), cell?.stop()])
})
afterEach(() => setLink('up'))

const ctx = () => viewerCtx(catalog.db, clock)
const setLink = (state: 'up' | 'cut' | 'black-hole') => {
  for (const [from, to] of [
    [PRIMARY, STANDBY],
    [STANDBY, PRIMARY],
  ] as const)
    cell.fleet.fleet.links.link(from, to).set({ state })
}

/** Looks until what it sees satisfies `isThere`: replication and reconnects take their own time. */
async function lookUntil<Seen>(see: () => Promise<Seen>, isThere: (seen: Seen) => boolean): Promise<Seen> {
  for (let attempt = 1; ; attempt++) {
    await looker.look()
    const seen = await see()
    if (isThere(seen) || attempt === LOOKS_MAX) return seen
  }
}
const LOOKS_MAX = 60

describe('an estate that is well', () => {
  test('is said to be, from every vantage, with percentiles from real probes', async () => {
    const overview = await lookUntil(
      () => getOverview(ctx()),
      (seen) => seen.verdict.status === 'ok',
    )
    expect(overview.verdict.summary).toMatch(/^3 of 3 regions healthy, checked at [\d:]{8}Z from 3 vantages\.$/)
    expect(overview.cells[0]).toMatchObject({
      status: 'ok',
      says: 'cell-1 takes writes at epoch 1; 2 standbys streaming.',
    })
    expect(overview.cells[0]?.writeLatency.p99Ms).toBeGreaterThan(0)
    expect(overview.links).toHaveLength(6)
    for (const link of overview.links)
      expect(link).toMatchObject({ state: 'up', latency: { count: expect.any(Number) } })
    expect(overview.links.find((link) => link.from === PRIMARY && link.to === STANDBY)?.replicates).toEqual(['cell'])
    expect(overview.traffic).toBeNull() // nobody reports: unknown, not zero
  })
})

describe('a cut between two regions', () => {
  test('is unreachable from that vantage only; the others are kept apart', async () => {
    await lookUntil(
      () => getOverview(ctx()),
      (seen) => seen.verdict.status === 'ok',
    )
    setLink('cut')
    await looker.look()
    const overview = await getOverview(ctx())
    const region = overview.regions.find((view) => view.code === PRIMARY)
    expect(region?.status).toBe('warn')
    expect(region?.says).toMatch(/^eu-west-1 unreachable from 1 of 3 vantages since \d\d:\d\dZ\./)
    const outcomes = Object.fromEntries(region?.vantages.map((view) => [view.vantage, view.outcome]) ?? [])
    expect(outcomes).toEqual({ [PRIMARY]: 'ok', [STANDBY]: 'unreachable', [HOME]: 'ok' })
    const down = overview.links.filter((link) => link.state === 'down').map((link) => `${link.from} ${link.to}`)
    expect(down.sort()).toEqual([`${STANDBY} ${PRIMARY}`, `${PRIMARY} ${STANDBY}`])
    expect(overview.links.find((link) => link.from === STANDBY && link.to === PRIMARY)?.detail).toContain(
      'other vantages reach',
    )
    expect(overview.verdict.troubles.join(' ')).toContain('from 1 of 3 vantages since')
  })

  test('that swallows everything ends by the deadline and is a timeout', async () => {
    setLink('black-hole')
    await looker.look()
    const overview = await getOverview(ctx())
    const sight = overview.regions
      .find((view) => view.code === PRIMARY)
      ?.vantages.find((view) => view.vantage === STANDBY)
    expect(['timeout', 'unreachable']).toContain(sight?.outcome)
  })

  // The standby and the primary agree on every byte and both answer the console; only nothing flows between them.
  test('leaves an idle standby disconnected with an unknown lag, never zero', async () => {
    await lookUntil(
      () => getReplication(ctx(), { windowMs: 900_000 }),
      (seen) => seen.lags.every((lag) => lag.status === 'ok'),
    )
    setLink('cut')
    const lagOfStandby = async () => {
      await collectMembers(looker.context)
      await collectLag(looker.context)
      return (await getReplication(ctx(), { windowMs: 900_000 })).lags.find((lag) => lag.targetRegion === STANDBY)
    }
    let lag = await lagOfStandby()
    for (let attempt = 1; attempt < LOOKS_MAX && lag?.state === 'streaming'; attempt++) lag = await lagOfStandby()
    expect(lag?.state).toMatch(/disconnected|unknown/)
    expect(lag?.status).toMatch(/crit|unknown/)
    expect(lag?.bytes).not.toBe('0')
    expect(lag?.engineLagMs).toBeNull()
    const overview = await getOverview(ctx())
    expect(overview.cells[0]?.status).toBe('warn')
    expect(overview.cells[0]?.members.find((member) => member.region === STANDBY)?.state).toBe('reachable')
  })

  test('heals: every direction comes back up by itself', async () => {
    const network = await lookUntil(
      () => getNetwork(ctx()),
      (seen) => seen.links.every((link) => link.state === 'up'),
    )
    expect(network.links.map((link) => link.state)).toEqual(Array(6).fill('up'))
  })
})

describe('a collector that has stopped', () => {
  test('leaves values that turn stale, then unknown: never green, never zero', async () => {
    await lookUntil(
      () => getOverview(ctx()),
      (seen) => seen.verdict.status === 'ok',
    )
    clock.advance(5_000)
    const stale = await getOverview(ctx())
    expect(new Set(stale.regions.map((region) => region.status))).toEqual(new Set(['unknown']))
    expect(stale.regions[0]?.says).toMatch(/was last checked \d+ s ago/)

    clock.advance(60_000)
    const overview = await getOverview(ctx())
    expect(overview.verdict.status).toBe('unknown')
    expect(overview.verdict.summary).toContain('0 of 3 regions healthy')
    expect(overview.cells[0]).toMatchObject({ status: 'unknown' })
    expect(overview.cells[0]?.members.map((member) => member.status)).toEqual(['unknown', 'unknown', 'unknown'])
    expect(overview.cells[0]?.lag.map((lag) => lag.status)).toEqual(['unknown', 'unknown'])
    expect(overview.regions.map((region) => region.worstLagMs)).toEqual([null, null, null])
    for (const link of overview.links)
      expect(link).toMatchObject({ state: 'probe-missing', seen: { observedAt: expect.any(String) } })
  })
})

describe('two workers', () => {
  test('share the vantages and count no probe twice', async () => {
    await catalog.db.probeSample.deleteMany()
    const second = createLooker(catalog.db, clock, { homeRegion: HOME, name: 'worker-b' })
    try {
      await looker.look()
      expect((await holdVantages(second.context)).says).toBe('Probes from 0 of 3 vantages.')
      await second.look()
      expect((await collectMembers(second.context)).says).toContain('Another worker observes')
      const samples = await catalog.db.probeSample.findMany()
      const total = samples.reduce((sum, s) => sum + s.okCount + s.refusedCount + s.failedCount, 0)
      expect(total).toBe(PROBES_A_LOOK)

      // The first worker ends; the second takes over, and the same bucket holds the sum of both.
      await looker.stop()
      await second.look()
      const after = await catalog.db.probeSample.findMany()
      expect(after.reduce((sum, s) => sum + s.okCount + s.refusedCount + s.failedCount, 0)).toBe(2 * PROBES_A_LOOK)
      for (const sample of after) {
        const histogram = sample.histogram as { counts: Record<string, number>; maxMs: number }
        expect(countOf(mergeHistograms([histogram]))).toBe(sample.okCount)
      }
    } finally {
      await second.stop()
      looker = createLooker(catalog.db, clock, { homeRegion: HOME, name: 'worker-a' })
    }
  })

  /** Three vantages × (three members × connect and read, and one write). */
  const PROBES_A_LOOK = 3 * (3 * 2 + 1)
})

describe('a prober', () => {
  test('writes counts that add up when the same bucket is written twice', async () => {
    await looker.look()
    await catalog.db.probeSample.deleteMany()
    const board = looker.context.board
    const seen = {
      vantageRegion: HOME,
      memberId: 'cell-1',
      kind: 'read',
      outcome: 'ok',
      detail: null,
      reach: null,
      observedAt: clock.now(),
    } as const
    for (const latencyMs of [4, 90]) {
      board.record({ ...seen, latencyMs })
      await flushProbes(looker.context, 'all')
    }
    const [sample] = await catalog.db.probeSample.findMany()
    expect(sample).toMatchObject({ okCount: 2, failedCount: 0, histogram: { maxMs: 90 } })
    const link = await getLink(
      { ...ctx(), clock: { ...clock, now: () => new Date(clock.now().getTime() + 60_000) } },
      { from: HOME, to: PRIMARY, windowMs: 3_600_000 },
    )
    expect(link.link.latency).toMatchObject({ count: 2, maxMs: 90 })
    expect(link.p99.filter((point) => point.value !== null)).toHaveLength(1)
    expect(link.p99.length).toBeLessThanOrEqual(300)
  })

  test('stops with its signal and records nothing of what it cut short', async () => {
    const stopped = createLooker(catalog.db, clock, { homeRegion: HOME, name: 'worker-c' })
    await looker.stop()
    await holdVantages(stopped.context)
    await collectProbes(stopped.context)
    clock.advance(31_000)
    await holdVantages(stopped.context)
    await collectProbes(stopped.context)
    await stopped.stop()
    await stopped.context.board.settled()
    expect(stopped.context.board.takeNewest().filter((result) => result.outcome !== 'ok')).toEqual([])
  })
})

describe('a console that cannot ask', () => {
  test('because a secret is missing says so of the link, and does not call it up', async () => {
    const blind = createLooker(catalog.db, clock, { homeRegion: HOME, name: 'worker-without-secrets' })
    const password = process.env.HOMEPORT_TEST_APP_PASSWORD
    delete process.env.HOMEPORT_TEST_APP_PASSWORD
    try {
      await looker.context.held.release()
      await blind.look()
    } finally {
      process.env.HOMEPORT_TEST_APP_PASSWORD = password
      await blind.stop()
    }
    const link = (await getNetwork(ctx(), { windowMs: 300_000 })).links.find(
      ({ from, to }) => from === HOME && to === PRIMARY,
    )
    expect(link).toMatchObject({ state: 'probe-missing', detail: expect.stringMatching(/^Not asked\. .*secret/) })
  })
})
