import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { startOperationWorker } from '@/server/workflows'
import { waitForStatus } from '@/server/workflows/testing/wait-for'
import { getOperation } from '../operation-queries'
import { forcedWorkflow } from './forced-workflow'
import { ForcedCell } from './testing-forced'

const WRITE_LEASE_MS = 1_500

let cell: ForcedCell
let end = new AbortController()
let worker: { done: Promise<void> } | null = null

beforeAll(async () => {
  cell = await ForcedCell.start({ writeLeaseMs: WRITE_LEASE_MS })
})
afterAll(() => cell?.stop())
beforeEach(() => cell.heal())
afterEach(async () => {
  end.abort()
  await worker?.done
})

async function run(operationId: string) {
  end = new AbortController()
  worker = startOperationWorker({
    db: cell.db,
    workflows: [forcedWorkflow],
    deps: cell.deps,
    workerName: 'worker-1',
    homeRegion: cell.deps.vantageRegion,
    pollMs: 50,
    signal: end.signal,
  })
  const operation = await waitForStatus(cell.db, operationId, 'done', 'undone', 'needs-human')
  const detail = await getOperation(cell.base.ctxOf('approver'), { id: operationId })
  if (process.env.VERBOSE)
    process.stderr.write(
      `${JSON.stringify(detail.report)}\n${detail.steps.map(({ says, error }) => `${says} ${error ?? ''}`).join('\n')}\n`,
    )
  expect(await cell.violations(operation)).toEqual([])
  return detail
}

test('a primary that is cut off stops by itself, and its lease is waited for before anything is promoted', async () => {
  const { source, target } = await cell.roles()
  cell.vantages = 'console'
  cell.hasAgent = false
  cell.setLink('cut')
  const detail = await run(await cell.enqueue({}, 'ServerUnreachable'))
  expect(detail).toMatchObject({ status: 'done', receipts: [{ memberId: source, strength: 'LEASE_EXPIRED' }] })
  expect(detail.plan).toMatchObject({ loss: { kind: 'bounded', until: null } })
  expect(await cell.base.epochRow()).toMatchObject({ activeMember: target, status: 'WRITABLE' })
})

test('a killed primary needs no power switch either', async () => {
  const { source } = await cell.roles()
  cell.hasAgent = false
  await cell.base.cell.fleet.member(source).kill()
  const detail = await run(await cell.enqueue({}, 'ServerDown'))
  expect(detail).toMatchObject({ status: 'done', receipts: [{ memberId: source, strength: 'LEASE_EXPIRED' }] })
})
