import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OperationDetail, StepView } from '@/model/schemas/operations'
import { startOperationWorker } from '@/server/workflows'
import { waitForStatus } from '@/server/workflows/testing/wait-for'
import { getOperation, switchoverWorkflow } from '../index'
import { SwitchoverCell } from '../testing-cell'
import type { FenceOutput } from './close-source'

let cell: SwitchoverCell
const end = new AbortController()
let worker: { done: Promise<void> }

beforeAll(async () => {
  cell = await SwitchoverCell.start({ isReporting: true })
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

test('there and back under load: nothing lost, no ack behind the fence, one writer, and a standby again', async () => {
  for (const [from, to] of [
    ['cell-1', 'cell-2'],
    ['cell-2', 'cell-1'],
  ] as const) {
    await cell.heal()
    const operationId = await cell.enqueue()
    await waitForStatus(cell.db, operationId, 'done', 'undone', 'needs-human')
    const detail = await getOperation(cell.ctxOf('approver'), { id: operationId })
    expect(detail.steps.map(({ name, status, error }) => `${name} ${status} ${error ?? ''}`.trim())).toEqual(
      detail.steps.map(({ name }) => `${name} done`),
    )
    expect(detail.plan).toMatchObject({ source: { member: from }, target: { member: to } })
    expect(detail.receipts).toMatchObject([
      { memberId: from, strength: 'PROVEN', epoch: detail.plan.epoch.to, refusalCode: 'REGION_READ_ONLY' },
    ])
    expect(detail.report?.basis).toMatch(/^Last acknowledged write/)
    expect(detail.report?.writePauseMs).toBeGreaterThan(0)
    if (process.env.VERBOSE) process.stderr.write(describeRun(detail))
    await cell.writer.untilAcked()
    const fence = JSON.parse(
      detail.steps.find(({ name }) => name === 'fence-old-primary')?.output ?? 'null',
    ) as FenceOutput
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
  expect(await cell.wholeLedger()).toEqual({ lost: 0, overlaps: 0 })
  expect(cell.writer.acks.length).toBeGreaterThan(50)
})

function describeRun({ report, steps }: OperationDetail): string {
  const tookMs = (step: StepView) => Date.parse(step.finishedAt ?? '') - Date.parse(step.startedAt ?? '')
  return [JSON.stringify(report), ...steps.map((step) => `  ${step.name} ${tookMs(step)} ms: ${step.says}`), ''].join(
    '\n',
  )
}
