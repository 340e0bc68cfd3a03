import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '@/server/clock'
import type { Ctx } from '@/server/context'
import { startOperationWorker } from '@/server/workflows'
import { waitForStatus } from '@/server/workflows/testing/wait-for'
import type { FenceOutput } from './close-source'
import { approveRequest, getOperation, previewSwitchover, requestSwitchover, switchoverWorkflow } from './index'
import { SwitchoverCell } from './testing-cell'
import { ledgerViolations } from './testing-writer'

const reason = 'Patch the host.'
let cell: SwitchoverCell
let approverId: string
const end = new AbortController()
let worker: { done: Promise<void> }

beforeAll(async () => {
  cell = await SwitchoverCell.start({ isReporting: true })
  const { id } = await cell.db.person.create({ data: { name: 'Ada Approver', email: 'ada@homeport.test' } })
  await cell.db.roleGrant.create({
    data: { personId: id, role: 'approver', grantedAt: new Date(Date.now() - 3_600_000) },
  })
  approverId = id
  worker = startOperationWorker({
    db: cell.db,
    workflows: [switchoverWorkflow],
    deps: cell.deps,
    workerName: 'worker-1',
    homeRegion: 'eu-west-1',
    pollMs: 50,
    signal: end.signal,
  })
})
afterAll(async () => {
  end.abort()
  await worker?.done
  await cell?.stop()
})

function ctxOf(personId: string, role: 'operator' | 'approver'): Ctx {
  return {
    db: cell.db,
    clock: systemClock,
    requestId: randomUUID(),
    servedFrom: 'eu-west-1',
    principal: { kind: 'person', personId, name: role, roles: [role], sessionId: role, steppedUpAt: new Date() },
  }
}

async function switchOver(): Promise<string> {
  await cell.heal()
  await cell.observe()
  const operator = ctxOf(cell.personId, 'operator')
  const { plan, planHash, checks } = await previewSwitchover(operator, { cellId: 'cell' })
  expect(checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
  const order = { cellId: 'cell', targetMember: plan!.target.member, planHash: planHash!, reason }
  const { requestId } = await requestSwitchover(operator, {
    ...order,
    typedRegion: plan!.source.region,
    idempotencyKey: randomUUID(),
  })
  await cell.observe()
  const approver = ctxOf(approverId, 'approver')
  const { operationId } = await approveRequest(approver, { id: requestId, planHash: planHash!, reason })
  await waitForStatus(cell.db, operationId!, 'done', 'undone', 'needs-human')
  return operationId!
}

test('there and back under load: nothing lost, no ack behind the fence, one writer, and a standby again', async () => {
  for (const [from, to] of [
    ['cell-1', 'cell-2'],
    ['cell-2', 'cell-1'],
  ] as const) {
    const operationId = await switchOver()
    const detail = await getOperation(ctxOf(approverId, 'approver'), { id: operationId })
    expect(detail.steps.map(({ name, status, error }) => `${name} ${status} ${error ?? ''}`.trim())).toEqual(
      detail.steps.map(({ name }) => `${name} done`),
    )
    expect(detail.plan).toMatchObject({ source: { member: from }, target: { member: to } })
    expect(detail.receipts).toMatchObject([
      { memberId: from, strength: 'PROVEN', epoch: detail.plan.epoch.to, refusalCode: 'REGION_READ_ONLY' },
    ])
    expect(detail.report?.basis).toMatch(/^Last acknowledged write/)
    expect(detail.report?.writePauseMs).toBeGreaterThan(0)
    process.stderr.write(`${JSON.stringify(detail.report)}\n`)
    for (const step of detail.steps)
      process.stderr.write(
        `  ${step.name} ${Date.parse(step.finishedAt!) - Date.parse(step.startedAt!)} ms: ${step.says}\n`,
      )
    await cell.writer.untilAcked()
    const fence = detail.steps.find(({ name }) => name === 'fence-old-primary')?.output as FenceOutput
    const closedAtMs = Date.parse(fence.closedAt)
    const late = cell.writer.acks.filter(
      (ack) => ack.epoch === BigInt(detail.plan.epoch.from) && ack.sentAtMs > closedAtMs,
    )
    expect(late, 'acknowledged by the old epoch after the receipt').toEqual([])
    const operation = await waitForStatus(cell.db, operationId, 'done')
    expect(await cell.violations(operation)).toEqual([])
    expect(await cell.isFollowing(from, to)).toBe(true)
  }
  await cell.writer.stop()
  const { activeMember } = await cell.epochRow()
  expect(ledgerViolations(cell.writer.acks, await cell.storedRows(activeMember))).toEqual([])
  expect(cell.writer.acks.length).toBeGreaterThan(50)
  expect(Object.keys(cell.writer.refused).every((code) => code !== 'STATUS_CONFLICT')).toBe(true)
})
