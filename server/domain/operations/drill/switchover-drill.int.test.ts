import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OperationReport } from '@/model/schemas/operations'
import { SwitchoverDrillPlan } from '@/model/schemas/plans'
import { transact } from '@/server/db'
import { enqueueOperation, startOperationWorker } from '@/server/workflows'
import { waitForStatus } from '@/server/workflows/testing/wait-for'
import { readDrillRuns } from '../../drills'
import { approveRequest } from '../requests/approve-request'
import { requestOperation } from '../requests/request-operation'
import { storePlan } from '../store-plan'
import { SwitchoverCell } from '../testing-cell'
import { bringBackOnce } from './bring-back'
import { previewSwitchoverDrill } from './preview-switchover-drill'
import { switchoverDrillWorkflow } from './switchover-drill-workflow'

/** A drill on the live cell is approved once, goes there and comes back, loses nothing, and is measured both ways. */
let cell: SwitchoverCell
const end = new AbortController()
let worker: { done: Promise<void> }
beforeAll(async () => {
  cell = await SwitchoverCell.start({ isReporting: true })
  worker = startOperationWorker({
    db: cell.db,
    workflows: [switchoverDrillWorkflow],
    deps: cell.deps,
    workerName: 'worker-1',
    homeRegion: 'eu-west-1',
    pollMs: 50,
    signal: end.signal,
  })
  await cell.writer.untilAcked()
})
afterAll(async () => {
  end.abort()
  await worker?.done
  await cell?.stop()
})

async function dryRun() {
  await cell.observe()
  const { plan, planHash } = await previewSwitchoverDrill(cell.ctxOf('operator'), { cellId: 'cell' })
  return { plan: plan!, planHash: planHash! }
}

test('there and back on one approval', async () => {
  const { plan, planHash } = await dryRun()
  expect(plan.back).toMatch(/^The live cell:cell goes from cell-1 to cell-2, rests for .* and goes back by itself/)
  const { requestId, code } = await requestOperation(cell.ctxOf('operator'), {
    kind: 'drill-switchover',
    cellId: 'cell',
    targetMember: 'cell-2',
    planHash,
    typedRegion: plan.source.region,
    reason: 'Quarterly drill.',
    idempotencyKey: randomUUID(),
  })
  expect(code).toMatch(/^D-/)
  const approved = await approveRequest(cell.ctxOf('approver'), { id: requestId, planHash, reason: 'Yes.' })
  const there = await waitForStatus(cell.db, approved.operationId!, 'done', 'undone', 'needs-human')
  expect(there.status).toBe('done')
  expect(await bringBackOnce(cell.db, 'eu-west-1'), 'the cell rests first').toEqual({ startedCount: 0 })
  await cell.db
    .$executeRaw`UPDATE operation SET finished_at = finished_at - interval '60 seconds' WHERE id = ${there.id}::uuid`
  await cell.observe()
  const starts = await Promise.all([bringBackOnce(cell.db, 'eu-west-1'), bringBackOnce(cell.db, 'eu-west-1')])
  expect(
    starts.reduce((sum, { startedCount }) => sum + startedCount, 0),
    'of two workers one',
  ).toBe(1)
  const back = await cell.db.operation.findFirstOrThrow({
    where: { kind: 'drill-switchover', id: { not: there.id } },
    include: { plan: true },
  })
  expect(SwitchoverDrillPlan.parse(back.plan.body)).toMatchObject({
    leg: 'back',
    firstLegId: there.id,
    scope: 'cell:cell',
    madeBy: cell.people.operatorId,
  })
  expect(back.startedBy, 'both halves are the requester’s').toBe(cell.people.operatorId)
  expect((await waitForStatus(cell.db, back.id, 'done', 'undone', 'needs-human')).status).toBe('done')
  expect(await cell.epochRow()).toMatchObject({ activeMember: 'cell-1', epoch: 3n, status: 'WRITABLE' })
  for (const id of [there.id, back.id]) {
    const row = await cell.db.operation.findUniqueOrThrow({ where: { id } })
    const report = OperationReport.parse(row.report)
    expect(report, id).toMatchObject({ objectives: { rtoMs: 60_000, rpoMs: 5_000 }, met: { rto: true, rpo: true } })
    expect(report.writePauseMs).toBeGreaterThan(0)
    expect(report.rtoMs, 'nothing has recovered while its writers wait').toBeGreaterThanOrEqual(report.writePauseMs!)
    process.stdout.write(`pause ${report.writePauseMs} ms, rto ${report.rtoMs} ms\n`)
  }
  const [told] = await readDrillRuns(cell.db, { id: there.id })
  expect(told).toMatchObject({
    outcome: 'done',
    startedBy: { id: cell.people.operatorId },
    approvedBy: [{ id: cell.people.approverId }],
  })
  expect(await bringBackOnce(cell.db, 'eu-west-1')).toEqual({ startedCount: 0 })
  await cell.writer.untilAcked()
  expect(await cell.wholeLedger()).toEqual({ lost: 0, overlaps: 0 })
})

test('a run on the live cell that stands on no approval ends before anything is touched', async () => {
  await cell.heal()
  const { plan } = await dryRun()
  const forged = [
    { ...plan, redundancyDuring: 'forged' },
    { ...plan, leg: 'back' as const, firstLegId: randomUUID() },
  ]
  for (const body of forged) {
    const by = { actor: cell.actor, homeRegion: 'eu-west-1' }
    const { operationId } = await transact(cell.db, async (tx) => {
      const { id: planId } = await storePlan(tx, body, by)
      const order = { planId, scope: body.scope, requestId: null, startedBy: cell.people.operatorId, ...by }
      return enqueueOperation(tx, switchoverDrillWorkflow, order)
    })
    const operation = await waitForStatus(cell.db, operationId, 'done', 'undone', 'needs-human')
    expect(operation.steps[0], body.leg).toMatchObject({ status: 'refused' })
    expect(operation.steps[0]?.error).toContain('nobody approved')
  }
  expect(await cell.epochRow()).toMatchObject({ activeMember: 'cell-1', epoch: 3n })
})
