import { afterAll, beforeAll, expect, test } from 'vitest'
import { declareCell, startCatalog, type TestCatalog } from '@/server/db/testing'
import { recordProbes } from '../telemetry'
import { watchWriters } from '.'

/** People are called for a writer that is dead, once, and told when the cell has a writer again. */
const VANTAGES = ['eu-west-1', 'eu-central-1']
const CALLED_WITHIN_MS = 20_000

let catalog: TestCatalog
const end = new AbortController()
let answer: 'ok' | 'unreachable' = 'ok'
const loops: Promise<unknown>[] = []

beforeAll(async () => {
  catalog = await startCatalog()
  const servers = VANTAGES.map((region, index) => ({ name: `fra-${index + 1}`, region, host: '127.0.0.1', port: 1 }))
  await declareCell(catalog.db, { scope: 'cell:fra' }, servers)
  loops.push(probe())
  for (const _ of ['one worker', 'another'])
    loops.push(watchWriters({ db: catalog.db, homeRegion: 'eu-west-1', signal: end.signal }))
})
afterAll(async () => {
  end.abort()
  await Promise.all(loops)
  await catalog?.stop()
})

/** What the collectors write: every vantage tries to read and to write, again and again. */
async function probe(): Promise<void> {
  while (!end.signal.aborted) {
    const kinds = ['connect', 'read', 'write'] as const
    await recordProbes(
      catalog.db,
      VANTAGES.flatMap((vantageRegion) =>
        kinds.map((kind) => ({
          ...{ vantageRegion, memberId: 'fra-1', kind, outcome: answer, observedAt: new Date(), detail: null },
          latencyMs: answer === 'ok' ? 1 : null,
          reach: answer === 'ok' ? null : ('refused' as const),
        })),
      ),
    )
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

const alerts = () => catalog.db.alert.findMany({ where: { kind: 'writer-in-trouble' } })
const actions = async () =>
  (await catalog.db.globalAuditEvent.findMany({ where: { actionType: { startsWith: 'alert.' } } }))
    .map(({ actionType }) => actionType)
    .sort()

test('once for a dead writer, and its end is told when it takes writes again', async () => {
  await expect.poll(async () => (await catalog.db.probeObservation.findMany()).length, { timeout: 5_000 }).toBe(6)
  answer = 'unreachable'
  await expect.poll(alerts, { timeout: CALLED_WITHIN_MS, interval: 250 }).toHaveLength(1)
  const [alert] = await alerts()
  expect(alert).toMatchObject({ severity: 'critical', cellId: 'fra', scope: 'cell:fra', resolvedAt: null })
  expect(alert!.says).toMatch(/^The writer of fra is in trouble: fra-1 does not run: its host refuses 2 vantages/)
  expect(alert!.facts).toMatchObject({ path: '/dr/failover/new?cell=fra' })
  expect(await catalog.db.notificationDelivery.count(), 'no channel is declared').toBe(0)
  answer = 'ok'
  await expect
    .poll(async () => (await alerts())[0]!.resolvedAt, { timeout: CALLED_WITHIN_MS, interval: 250 })
    .not.toBeNull()
  expect(await actions()).toEqual(['alert.raised', 'alert.resolved'])
})
