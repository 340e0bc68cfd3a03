import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { asAdmin } from '@/server/engines/postgres/testing'
import { startOperationWorker } from '@/server/workflows'
import { waitForStatus } from '@/server/workflows/testing/wait-for'
import { listAlerts } from '../../alerts'
import { decideConflicts, listConflicts } from '../../conflicts'
import { attendReturns, bringBackServer, exportLedger, getStaleServer, listLedger } from '../../stale-servers'
import { ForcedCell } from '../forced/testing-forced'
import { workflows } from '../kinds'
import { approveRequest } from '../requests/approve-request'
import { requestOperation } from '../requests/request-operation'
import { previewReinstatement } from './preview-reinstatement'
import { RogueClient } from './testing-rogue'

const WINDOW_RUNS = Number(process.env.WINDOW_RUNS ?? 2)
const ROGUE_IDS = 1_000_000_000

let cell: ForcedCell
let end: AbortController
let working: Promise<unknown>
let rogue: RogueClient | null = null

beforeAll(async () => {
  cell = await ForcedCell.start()
})
afterAll(() => cell?.stop())
beforeEach(async () => {
  await cell.heal()
  end = new AbortController()
  working = work()
})
afterEach(async () => {
  await rogue?.stop()
  rogue = null
  end.abort()
  await working
})

/** A worker beside the console: it runs operations and attends to returns. */
function work(): Promise<unknown> {
  const { deps } = cell
  const worker = startOperationWorker({
    db: cell.db,
    workflows,
    deps,
    workerName: 'worker-1',
    homeRegion: deps.vantageRegion,
    pollMs: 50,
    signal: end.signal,
  })
  const attending = attendReturns({
    db: cell.db,
    engine: deps.engine,
    endpointOf: deps.endpointOf,
    homeRegion: deps.vantageRegion,
    workerName: 'worker-1',
    signal: end.signal,
  })
  return Promise.all([worker.done, attending])
}

/** The primary is cut off and goes on writing, its power is cut, and its standby takes over: what it wrote alone is left behind. */
async function leaveBehind(): Promise<{
  id: string
  source: string
  target: string
  epoch: bigint
  operationId: string
}> {
  const { source, target } = await cell.roles()
  const { epoch } = await cell.base.epochRow()
  cell.vantages = 'console'
  cell.setLink('cut')
  const operationId = await cell.enqueue({}, 'ServerUnreachable')
  const operation = await waitForStatus(cell.db, operationId, 'done', 'undone', 'needs-human')
  expect(operation.status).toBe('done')
  cell.setLink('up')
  const { id } = await cell.db.staleServer.findFirstOrThrow({ where: { operationId } })
  return { id, source, target, epoch, operationId }
}

async function untilStatus(id: string, status: string): Promise<void> {
  await cell.until(`the server to be ${status}`, async () => {
    const row = await cell.db.staleServer.findUniqueOrThrow({ where: { id } })
    return row.status === status
  })
}

async function idsOn(member: string): Promise<Set<number>> {
  const rows = await asAdmin<{ id: string }>(
    cell.base.cell.fleet.member(member).adminDsn,
    'SELECT id FROM public.record',
  )
  return new Set(rows.map(({ id }) => Number(id)))
}

/** What the application was told is written and the writer of now does not hold. */
async function lostAcks(epoch: bigint, target: string): Promise<number[]> {
  const stored = await idsOn(target)
  return cell.writer.acks.filter((ack) => ack.epoch === epoch && !stored.has(ack.id)).map(({ id }) => id)
}

async function ledgerIds(id: string): Promise<number[]> {
  const { body } = await exportLedger(cell.base.ctxOf('operator'), { id, format: 'json' })
  const { writes } = JSON.parse(body) as { writes: { key: string; table: string }[] }
  return writes
    .filter(({ table }) => table === 'record' || table === 'public.record')
    .map(({ key }) => (JSON.parse(key) as { id: number }).id)
}

function startRogue({ source, epoch }: { source: string; epoch: bigint }): RogueClient {
  rogue = new RogueClient({
    dsn: cell.base.cell.fleet.member(source).appDsn,
    tenantId: cell.base.tenantId,
    epoch,
    firstId: ROGUE_IDS + Math.floor(Math.random() * 1_000_000) * 1_000,
  })
  return rogue
}

test('a powered-off primary comes back for the console alone, is read out to the last row, rebuilt and decided', async () => {
  const left = await leaveBehind()
  const client = startRogue(left)
  const operator = cell.base.ctxOf('operator')
  await expect(previewReinstatement(operator, { id: left.id })).resolves.toMatchObject({ plan: null })
  await bringBackServer(operator, { id: left.id, reason: 'The machine is repaired.' })
  await untilStatus(left.id, 'extracted')

  const lost = await lostAcks(left.epoch, left.target)
  const ledger = new Set(await ledgerIds(left.id))
  expect(lost.length).toBeGreaterThan(0)
  expect(
    lost.filter((id) => !ledger.has(id)),
    'acknowledged, lost and not in the ledger',
  ).toEqual([])
  const [old, ours] = [await idsOn(left.source), await idsOn(left.target)]
  expect([...ledger].sort(), 'exactly what only the old server holds').toEqual(
    [...old].filter((id) => !ours.has(id)).sort(),
  )
  expect(client.firstInAtMs, 'nobody but the console got in').toBeNull()

  const server = await getStaleServer(operator, { id: left.id })
  expect(server).toMatchObject({
    status: 'extracted',
    lostWriteCount: ledger.size,
    openConflictCount: ledger.size,
    fence: { strength: 'POWERED_OFF' },
    tenants: [{ tenantId: cell.base.tenantId, name: 'Acme', lostCount: ledger.size }],
    whyNotReinstate: null,
  })
  expect(server.loss.actualSeconds).not.toBeNull()
  expect(server.loss.actualSeconds!).toBeLessThanOrEqual(server.loss.estimateSeconds!)
  expect(server.measured).toEqual({
    seconds: server.loss.estimateSeconds,
    basis: expect.stringContaining(`${left.source} acknowledged nothing after`),
  })
  expect(server.estimate).toMatchObject({ kind: 'bounded', bytes: null })
  expect(server.estimate!.seconds!).toBeGreaterThanOrEqual(server.loss.estimateSeconds!)
  expect(Number(server.logBytes), 'every lost row lies in the log beyond the place where they part').toBeGreaterThan(0)
  const page = await listLedger(operator, { id: left.id, tenantId: cell.base.tenantId, limit: 5 })
  expect(page).toMatchObject({ totalCount: ledger.size })
  expect(page.writes[0]).toMatchObject({
    change: 'insert',
    oursHash: null,
    theirsHash: expect.stringMatching(/^[0-9a-f]{64}$/),
  })

  await rebuild(left)
  await untilStatus(left.id, 'rebuilt')
  expect(await cell.base.isFollowing(left.source, left.target)).toBe(true)
  await decideAll(left.id) // nothing of a decision depends on the old server
})

async function decideAll(staleServerId: string): Promise<void> {
  const operator = cell.base.ctxOf('operator')
  const alerts = async () =>
    (await listAlerts(operator, { status: 'open' })).filter(({ kind }) => kind === 'undecided-conflicts')
  expect(await alerts()).toHaveLength(1)
  const { cases } = await listConflicts(operator, { status: 'open', staleServerId, limit: 500 })
  const order = { ids: cases.map(({ id }) => id), decision: 'KEEP_THEIRS' as const, note: 'Entered by hand.' }
  // Two people at once: every case is decided once, and each of them learns what the other did.
  const [one, other] = await Promise.all([decideConflicts(operator, order), decideConflicts(operator, order)])
  expect(one.decidedCount + other.decidedCount).toBe(cases.length)
  expect(one.alreadyDecided.length + other.alreadyDecided.length).toBe(cases.length)
  expect(
    await cell.db.globalAuditEvent.count({ where: { actionType: 'conflict.decided', correlationId: staleServerId } }),
  ).toBe(cases.length)
  if (cases.length < 500) expect(await alerts()).toHaveLength(0)
}

async function rebuild({ id, source, target }: { id: string; source: string; target: string }): Promise<void> {
  let preview = await previewReinstatement(cell.base.ctxOf('operator'), { id })
  await cell.until('a plan to rebuild', async () => {
    if (!preview.plan) preview = await previewReinstatement(cell.base.ctxOf('operator'), { id })
    return preview.plan !== null
  })
  const { requestId } = await requestOperation(cell.base.ctxOf('operator'), {
    kind: 'reinstatement',
    cellId: 'cell',
    targetMember: target,
    planHash: preview.planHash!,
    typedRegion: cell.base.cell.fleet.member(source).region,
    reason: 'It is read out.',
    idempotencyKey: randomUUID(),
  })
  const vote = { id: requestId, planHash: preview.planHash!, reason: 'It is read out.' }
  const { operationId } = await approveRequest(cell.base.ctxOf('approver'), vote)
  const operation = await waitForStatus(cell.db, operationId!, 'done', 'undone', 'needs-human')
  expect(operation.steps.map(({ name, status, error }) => `${name} ${status} ${error ?? ''}`.trim())).toEqual([
    'recheck-plan done',
    'give-up-contents done',
    'rebuild done',
  ])
}

test(
  'whoever comes back open is closed within a moment, and what was written in that moment is in the ledger like the rest',
  async () => {
    for (let run = 0; run < WINDOW_RUNS; run += 1) {
      if (run > 0) await cell.heal()
      const left = await leaveBehind()
      const client = startRogue(left)
      const startedAtMs = Date.now()
      await cell.base.cell.fleet.fleet.lockOut(left.source, 'release', left.operationId) // switched on by hand, behind the console's back
      await untilStatus(left.id, 'extracted')
      await client.stop()
      const ledger = new Set(await ledgerIds(left.id))
      expect(
        client.accepted.filter((id) => !ledger.has(id)),
        'written in the window and not in the ledger',
      ).toEqual([])
      const lost = await lostAcks(left.epoch, left.target)
      expect(lost.filter((id) => !ledger.has(id))).toEqual([])
      const server = await getStaleServer(cell.base.ctxOf('operator'), { id: left.id })
      expect(client.firstInAtMs).not.toBeNull()
      const windowMs = client.lastAcceptedAtMs === null ? 0 : client.lastAcceptedAtMs - client.firstInAtMs!
      if (process.env.VERBOSE)
        process.stderr.write(
          `window ${windowMs} ms, ${client.accepted.length} writes; closed ${server.openForMs} ms after its first answer, ${Date.parse(server.closedAt!) - startedAtMs} ms after the switch\n`,
        )
      expect(windowMs).toBeLessThan(3_000)
      expect(server.status).toBe('extracted')
    }
  },
  60_000 * (WINDOW_RUNS + 1),
)
