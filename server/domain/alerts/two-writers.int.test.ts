import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AlertView } from '@/model/schemas/alerts'
import { systemClock } from '@/server/clock'
import type { Ctx } from '@/server/context'
import { declareCell, startCatalog, type TestCatalog } from '@/server/db/testing'
import type { EngineAdapter } from '@/server/engines/contract'
import { asAdmin, endpointOf, type GatedCell, startGatedCell, TEST_SCOPE } from '@/server/engines/postgres/testing'
import { createEngines } from '@/server/engines/registry'
import { recordMembers } from '../telemetry'
import { acknowledgeAlert, listAlerts, watchTwoWriters } from '.'

const RUNS = Number(process.env.TWO_WRITER_RUNS ?? 3)
/** As the collector of a real worker looks. */
const LOOK_EVERY_MS = 2_000
const ALERT_WITHIN_MS = 5_000

let catalog: TestCatalog
let cell: GatedCell
let engine: EngineAdapter
let personId = ''
const end = new AbortController()
const loops: Promise<unknown>[] = []

beforeAll(async () => {
  catalog = await startCatalog()
  cell = await startGatedCell()
  engine = createEngines().for('postgres')
  await seed()
  loops.push(look())
  for (const workerName of ['worker-1', 'worker-2'])
    loops.push(
      watchTwoWriters({
        db: catalog.db,
        engine,
        endpointOf: (member) => endpointOf(cell.fleet.member(member)),
        homeRegion: 'eu-west-1',
        workerName,
        signal: end.signal,
      }),
    )
})
afterAll(async () => {
  end.abort()
  await Promise.all(loops)
  await engine?.close()
  await cell?.stop()
  await catalog?.stop()
})

async function seed(): Promise<void> {
  const { db } = catalog
  await declareCell(db, { scope: TEST_SCOPE, lagMsMax: 30_000 }, cell.fleet.members)
  const person = await db.person.create({ data: { name: 'Ona Operator', email: 'ona@homeport.test' } })
  personId = person.id
}

/** What the collector of members does: one look every two seconds, whatever else happens. */
async function look(): Promise<void> {
  while (!end.signal.aborted) {
    const started = performance.now()
    const records = await Promise.all(
      cell.fleet.members.map(async (member) => {
        const askedAt = new Date()
        const call = { timeoutMs: 1_500, signal: end.signal }
        const report = await engine.observe(endpointOf(member), TEST_SCOPE, call)
        const observedAt = new Date()
        return { memberId: member.name, vantageRegion: 'eu-west-1', askedAt, observedAt, upstreamMember: null, report }
      }),
    )
    if (!end.signal.aborted) await recordMembers(catalog.db, records)
    const leftMs = LOOK_EVERY_MS - (performance.now() - started)
    await sleep(Math.max(0, leftMs), undefined, { signal: end.signal }).catch(() => {})
  }
}

function ctx(): Ctx {
  return {
    db: catalog.db,
    clock: systemClock,
    requestId: randomUUID(),
    servedFrom: 'eu-west-1',
    principal: {
      kind: 'person',
      personId,
      name: 'Ona Operator',
      roles: ['operator'],
      sessionId: 'session-1',
      steppedUpAt: new Date(),
    },
  }
}

const dsn = (member: string) => cell.fleet.member(member).adminDsn
async function gate(member: string): Promise<{ status: string; epoch: string; isAccepting: boolean }> {
  const [row] = await asAdmin<{ status: string; epoch: string; isAccepting: boolean }>(
    dsn(member),
    `SELECT status, epoch, is_accepting AS "isAccepting" FROM homeport.gate_state('${TEST_SCOPE}')`,
  )
  return row!
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const giveUpAtMs = performance.now() + 30_000
  while (!(await isSo())) {
    if (performance.now() > giveUpAtMs) throw new Error(`Waited 30 s for ${what}.`)
    await sleep(10)
  }
}

const openAlerts = () => listAlerts(ctx(), { status: 'open' })

/** By hand, behind the console's back: the standby is promoted, and its gate is opened at the next epoch. */
async function forceSecondWriter(): Promise<void> {
  const member = cell.fleet.standbys[0]!
  await asAdmin(dsn(member.name), `SELECT pg_promote(true, 30)`)
  const { epoch } = await gate(member.name)
  await asAdmin(
    dsn(member.name),
    `SELECT homeport.open_gate('${TEST_SCOPE}', '${member.region}', ${BigInt(epoch) + 1n}, '${randomUUID()}')`,
  )
}

/** What the alert says to do, done: the stray is closed for good and rebuilt, the writer of the catalog goes on. */
async function walkTheWayOut(alert: AlertView): Promise<void> {
  for (const line of alert.facts.wayOut ?? []) {
    const [, member, sql] = /^(cell-\d): (SELECT .*;)$/.exec(line) ?? []
    if (member && sql) await asAdmin(dsn(member), sql)
  }
  expect(await gate('cell-1')).toMatchObject({ status: 'WRITABLE', isAccepting: true })
  expect(await gate('cell-2')).toMatchObject({ status: 'FENCED', isAccepting: false })
  await cell.fleet.rebuild('cell-2', { source: 'cell-1', operationId: randomUUID() })
}

test('a second writer, made by hand, is told within five seconds; both gates are frozen, and both positions kept', async () => {
  const delaysMs: number[] = []
  for (let run = 0; run < RUNS; run += 1) {
    await until('calm', async () => (await openAlerts()).length === 0)
    await forceSecondWriter()
    const sinceMs = Date.now()
    await until('the alert', async () => (await openAlerts()).length > 0)
    const [alert] = await openAlerts()
    const delayMs = Date.parse(alert!.raisedAt) - sinceMs
    delaysMs.push(delayMs)
    expect(delayMs).toBeLessThan(ALERT_WITHIN_MS)
    expect(alert).toMatchObject({ kind: 'two-writers', severity: 'critical', scope: TEST_SCOPE, acknowledgedAt: null })
    await until('both to be frozen', async () => {
      const gates = await Promise.all(['cell-1', 'cell-2'].map(gate))
      return gates.every(({ status, isAccepting }) => status === 'FROZEN' && !isAccepting)
    })
    await until(
      'what came of it',
      async () => (await openAlerts())[0]!.facts.writers?.every(({ frozen }) => /^Frozen/.test(frozen)) ?? false,
    )
    const [frozen] = await openAlerts()
    expect(frozen!.facts.writers).toMatchObject([
      {
        member: 'cell-1',
        epoch: '1',
        systemIdentifier: expect.stringMatching(/^\d+$/),
        lsn: expect.stringMatching(/^[0-9A-F]+\/[0-9A-F]+$/),
      },
      { member: 'cell-2', epoch: '2', timeline: frozen!.facts.writers![0]!.timeline + 1 },
    ])
    expect(await catalog.db.alert.count({ where: { resolvedAt: null } }), 'one alert a cause').toBe(1)

    await walkTheWayOut(frozen!)
    // The cause is gone, and still nobody has taken note: it stays.
    const seenAt = (await catalog.db.memberObservation.findUniqueOrThrow({ where: { memberId: 'cell-2' } })).observedAt
    await until('two more looks', async () => {
      const row = await catalog.db.memberObservation.findUniqueOrThrow({ where: { memberId: 'cell-2' } })
      return row.observedAt.getTime() > seenAt.getTime() + LOOK_EVERY_MS
    })
    expect(await openAlerts()).toHaveLength(1)
    await acknowledgeAlert(ctx(), { id: alert!.id, note: 'Looked at both.' })
    await until('the end of the alert', async () => (await openAlerts()).length === 0)
  }
  const sorted = [...delaysMs].sort((a, b) => a - b)
  if (process.env.VERBOSE) process.stderr.write(`two writers told after ${sorted.join(', ')} ms\n`)
  const raised = await catalog.db.globalAuditEvent.count({ where: { actionType: 'alert.raised' } })
  expect(raised).toBe(RUNS)
})
