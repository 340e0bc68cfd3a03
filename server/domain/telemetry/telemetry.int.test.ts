import { afterAll, beforeAll, expect, test } from 'vitest'
import { declareCell, startCatalog, type TestCatalog } from '@/server/db/testing'
import { readLagSteps } from './read-lag-series'
import { readNoAcks } from './read-no-acks'
import { readTraffic } from './read-traffic'
import { recordLags } from './record-members'
import { type ProbeRecord, recordProbes } from './record-probes'
import { retainSamples, SAMPLES_KEPT_MS } from './retain'

let catalog: TestCatalog
beforeAll(async () => {
  catalog = await startCatalog()
})
afterAll(() => catalog?.stop())

const now = new Date('2026-11-20T03:14:22Z')
const ago = (ms: number) => new Date(now.getTime() - ms)

test('traffic is the last whole minute that was reported; a bucket still being counted is no drop', async () => {
  expect(await readTraffic(catalog.db, now)).toBeNull()
  const bucket = (seconds: number, writesAcked: number) => ({
    bucketAt: new Date(Date.parse('2026-11-20T03:14:00Z') + seconds * 1_000),
    ...{ userRegion: 'eu-west-1', cellId: 'sin', writesAcked, readsOk: 2, readsStale: 0, failed: 0 },
    refused: { STALE_SCOPE_EPOCH: 1 },
    ...{ writeLatency: {}, readLatency: {} },
  })
  await catalog.db.trafficSample.createMany({
    data: [-60, -50, -40, -30, -20, -10, 0, 10].map((s) => bucket(s, 100)).concat(bucket(20, 3)),
  })
  const minute = await readTraffic(catalog.db, now)
  expect(minute?.to).toEqual(new Date('2026-11-20T03:14:20Z'))
  expect(minute?.rows).toEqual([
    {
      userRegion: 'eu-west-1',
      cellId: 'sin',
      writesAcked: 600,
      readsOk: 12,
      failed: 0,
      refused: { STALE_SCOPE_EPOCH: 6 },
    },
  ])
  expect(minute?.seconds).toBe(60)
  // An application that fell silent has unknown rates, not rates of zero.
  expect(await readTraffic(catalog.db, new Date(now.getTime() + 300_000))).toBeNull()
})

test('an application that has reported for less than a minute is not divided by a minute', async () => {
  await catalog.db.trafficSample.deleteMany()
  const sample = { userRegion: 'eu-west-1', cellId: 'sin', writesAcked: 100, readsOk: 2, readsStale: 0, failed: 0 }
  const bucketAts = ['2026-11-20T03:13:50Z', '2026-11-20T03:14:00Z', '2026-11-20T03:14:10Z']
  await catalog.db.trafficSample.createMany({
    data: bucketAts.map((at) => ({
      ...{ ...sample, bucketAt: new Date(at), refused: {} },
      ...{ writeLatency: {}, readLatency: {} },
    })),
  })
  expect(await readTraffic(catalog.db, now)).toMatchObject({ from: new Date(bucketAts[0]!), seconds: 30 })
})

test('a cell whose every command fails has had no write acknowledged; one that is idle, or silent, has not', async () => {
  const server = { name: 'sin-1', region: 'ap-southeast-1', host: '127.0.0.1', port: 1 }
  await declareCell(catalog.db, { scope: 'cell:sin' }, [server, { ...server, name: 'sin-2', region: 'ap-southeast-2' }])
  await catalog.db.trafficSample.deleteMany()
  const sample = (
    cellId: string,
    seconds: number,
    change: { writesAcked?: number; failed?: number; refused?: object },
  ) => ({
    bucketAt: new Date(Date.parse('2026-11-20T03:14:00Z') + seconds * 1_000),
    ...{ userRegion: 'eu-west-1', cellId, writesAcked: 0, readsOk: 1, readsStale: 0, failed: 0, refused: {} },
    ...{ writeLatency: {}, readLatency: {}, ...change },
  })
  const failing = [-10, 0, 10].map((s) => sample('sin', s, { failed: 40 }))
  await catalog.db.trafficSample.createMany({ data: failing })
  expect(await readNoAcks(catalog.db, now)).toEqual(new Map([['sin', 30_000]]))
  const epoch = { scope: 'cell:sin', epoch: 1n, region: 'ap-southeast-1', firstAckAt: ago(3_600_000), acked: 9n }
  await catalog.db.trafficEpoch.create({ data: { ...epoch, lastAckAt: new Date('2026-11-20T03:13:38Z') } })
  expect(await readNoAcks(catalog.db, now), 'since its last acknowledgement').toEqual(new Map([['sin', 42_000]]))
  expect(await readNoAcks(catalog.db, new Date(now.getTime() + 300_000)), 'nobody reports').toEqual(new Map())

  const become = (change: Parameters<typeof sample>[2]) =>
    catalog.db.trafficSample.updateMany({ data: { failed: 0, ...change } })
  await become({ refused: { STALE_SCOPE_EPOCH: 2 } })
  expect((await readNoAcks(catalog.db, now)).size, 'refused').toBe(1)
  await become({ refused: {} })
  expect((await readNoAcks(catalog.db, now)).size, 'idle').toBe(0)
  await become({ failed: 40, writesAcked: 1 })
  expect((await readNoAcks(catalog.db, now)).size, 'some are acknowledged').toBe(0)
  await catalog.db.trafficSample.deleteMany()
  await catalog.db.trafficSample.createMany({ data: [sample('sin', 10, { failed: 40 })] })
  expect((await readNoAcks(catalog.db, now)).size, 'for ten seconds only').toBe(0)
})

test('the beginning of an outcome stands while the outcome does, and a late batch never wins', async () => {
  const seen = (change: Partial<ProbeRecord>): ProbeRecord => ({
    ...{
      vantageRegion: 'eu-west-1',
      memberId: 'sin-1',
      kind: 'read',
      outcome: 'ok',
      latencyMs: 4,
      detail: null,
      reach: null,
    },
    observedAt: ago(10_000),
    ...change,
  })
  const dark = { outcome: 'unreachable', latencyMs: null } as const
  // Answers how many turned out otherwise than before: those are told at once.
  expect(await recordProbes(catalog.db, [seen({})])).toEqual({ turnedCount: 1 })
  expect(await recordProbes(catalog.db, [seen({ ...dark, observedAt: ago(8_000) })])).toEqual({ turnedCount: 1 })
  expect(await recordProbes(catalog.db, [seen({ ...dark, observedAt: ago(6_000) })])).toEqual({ turnedCount: 0 })
  expect(await recordProbes(catalog.db, [seen({ observedAt: ago(7_000) })]), 'too late').toEqual({ turnedCount: 0 })
  const [row] = await catalog.db.probeObservation.findMany()
  expect(row).toMatchObject({
    outcome: 'unreachable',
    outcomeSince: ago(8_000),
    observedAt: ago(6_000),
    lastOkAt: ago(10_000),
    lastOkMs: 4,
  })
  // A host that refuses runs no server, and the bound of a loss counts to when it began to: not to when the way to it broke.
  await recordProbes(catalog.db, [seen({ ...dark, reach: 'refused', observedAt: ago(4_000) })])
  await recordProbes(catalog.db, [seen({ ...dark, reach: 'refused', observedAt: ago(2_000) })])
  expect(await catalog.db.probeObservation.findMany()).toMatchObject([{ outcomeSince: ago(4_000) }])
})

test('a lag series keeps its extremes and marks what was unknown', async () => {
  const reading = (secondsAgo: number, heartbeatAgeMs: number | null) => ({
    ...{
      sampledAt: ago(secondsAgo * 1_000),
      sourceMember: 'sin-1',
      targetMember: 'sin-2',
      bytes: null,
      engineLagMs: null,
      heartbeatAgeMs,
    },
    state: heartbeatAgeMs === null ? ('unknown' as const) : ('streaming' as const),
  })
  const readings = [reading(10, 200), reading(8, 9_000), reading(6, null), reading(4, 100)]
  await recordLags(catalog.db, readings)
  await recordLags(catalog.db, readings)
  expect(await catalog.db.lagSample.count()).toBe(4)
  const { steps, stepCount } = await readLagSteps(catalog.db, { from: ago(86_400_000), to: now })
  expect(stepCount).toBe(100)
  expect(steps).toMatchObject([
    { step: 99, heartbeatLowMs: 100, heartbeatHighMs: 9_000, heartbeatHasGap: true, bytesLow: null, bytesHasGap: true },
  ])
})

test('samples past their time are deleted, the others stay', async () => {
  const old = {
    sampledAt: ago(SAMPLES_KEPT_MS + 1),
    sourceMember: 'sin-1',
    targetMember: 'sin-2',
    bytes: 0n,
    engineLagMs: null,
    heartbeatAgeMs: 1,
  }
  await recordLags(catalog.db, [{ ...old, state: 'streaming' }])
  expect(await retainSamples(catalog.db, now)).toEqual({ deletedCount: 1, isComplete: true })
  expect(await catalog.db.lagSample.count()).toBe(4)
})
