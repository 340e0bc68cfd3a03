import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { OperationDetail } from '@/model/schemas/operations'
import { type FencingAgent, OutcomeUnknown } from '@/server/engines/contract'
import { asAdmin } from '@/server/engines/postgres/testing'
import { startOperationWorker } from '@/server/workflows'
import { waitForStatus } from '@/server/workflows/testing/wait-for'
import { getOperation } from '../operation-queries'
import type { SwitchoverDeps } from '../switchover-deps'
import { forcedWorkflow } from './forced-workflow'
import { ForcedCell } from './testing-forced'
import { actualLoss } from './testing-loss'

/** Half of a round trip between the regions that are the farthest apart. */
const FARTHEST_ONE_WAY_MS = 165

let cell: ForcedCell
let worker: { done: Promise<void> } | null = null
let end = new AbortController()

beforeAll(async () => {
  cell = await ForcedCell.start()
})
afterAll(async () => {
  end.abort()
  await worker?.done
  await cell?.stop()
})
beforeEach(() => cell.heal())
afterEach(async () => {
  end.abort()
  await worker?.done
  worker = null
})

async function run(operationId: string, deps: Partial<SwitchoverDeps> = {}): Promise<OperationDetail> {
  end = new AbortController()
  worker = startOperationWorker({
    db: cell.db,
    workflows: [forcedWorkflow],
    deps: { ...cell.deps, ...deps },
    workerName: 'worker-1',
    homeRegion: cell.deps.vantageRegion,
    pollMs: 50,
    undoEveryMs: { min: 200, max: 400 },
    signal: end.signal,
  })
  const operation = await waitForStatus(cell.db, operationId, 'done', 'undone', 'needs-human')
  const detail = await getOperation(cell.base.ctxOf('approver'), { id: operationId })
  if (process.env.VERBOSE) process.stderr.write(describeRun(detail))
  expect(await cell.violations(operation)).toEqual([])
  return detail
}

function describeRun({ status, statusReason, report, steps }: OperationDetail): string {
  const lines = steps.map((step) => `  ${step.name} ${step.status}: ${step.says ?? ''} ${step.error ?? ''}`)
  return [`${status} ${statusReason ?? ''}`, JSON.stringify(report), ...lines, ''].join('\n')
}

test('a killed primary is failed over by its power switch, and loses no more than was approved', async () => {
  const { source, target } = await cell.roles()
  await cell.base.cell.fleet.member(source).kill()
  const detail = await run(await cell.enqueue({}, 'ServerDown'))
  expect(detail.status).toBe('done')
  expect(detail.receipts).toMatchObject([{ memberId: source, strength: 'POWERED_OFF' }])
  expect(detail.plan).toMatchObject({ finding: { name: 'ServerDown' }, loss: { kind: 'bounded', until: null } })
  expect(detail.report).toMatchObject({ rpo: { kind: 'bounded' }, rtoMs: expect.any(Number) })
  const left = await cell.db.staleServer.findFirstOrThrow({ where: { memberId: source }, orderBy: { leftAt: 'desc' } })
  expect(left).toMatchObject({ status: 'away', newPrimary: target, divergenceSnapshot: expect.any(String) })
})

test('a primary that answers is closed with proof: with its log flowing, nothing is lost', async () => {
  const { source } = await cell.roles()
  const overrides = [
    { rule: 'capacity-headroom', reason: 'None declared.' },
    { rule: 'primary-is-not-healthy', reason: 'Must.' },
  ]
  const detail = await run(await cell.enqueue({ overrides }, 'ServerHealthy'))
  expect(detail.status).toBe('done')
  expect(detail.receipts).toMatchObject([{ memberId: source, strength: 'PROVEN', refusalCode: 'REGION_READ_ONLY' }])
  expect(detail.report?.rpo).toMatchObject({ kind: 'none', seconds: 0 })
  expect((await actualLoss(cell.base, BigInt(detail.plan.epoch.from))).lostCount).toBe(0)
})

test('a primary that is only far away is closed with proof, and keeps its power', async () => {
  const { source } = await cell.roles()
  const overrides = [
    { rule: 'capacity-headroom', reason: 'None declared.' },
    { rule: 'primary-is-not-healthy', reason: 'Must.' },
  ]
  const operationId = await cell.enqueue({ overrides }, 'ServerHealthy')
  cell.setLag(FARTHEST_ONE_WAY_MS)
  const detail = await run(operationId)
  expect(detail).toMatchObject({ status: 'done', receipts: [{ memberId: source, strength: 'PROVEN' }] })
})

test.each(['black-hole', 'cut'] as const)(
  'behind a %s a primary goes on writing: its power is cut first, and the bound covers what it wrote meanwhile',
  async (state) => {
    const { source } = await cell.roles()
    cell.vantages = 'console'
    cell.setLink(state)
    const operationId = await cell.enqueue({}, 'ServerUnreachable')
    const written = cell.writer.acks.length
    await expect.poll(() => cell.writer.acks.length).toBeGreaterThan(written)
    const detail = await run(operationId)
    expect(detail.status).toBe('done')
    expect(detail.receipts).toMatchObject([{ memberId: source, strength: 'POWERED_OFF' }])
    expect((await actualLoss(cell.base, BigInt(detail.plan.epoch.from))).lostCount).toBeGreaterThan(0)
  },
)

test('where nothing can fence a primary that goes on writing, nothing is offered and nothing promoted', async () => {
  const { source, target } = await cell.roles()
  cell.vantages = 'console'
  cell.hasAgent = false
  cell.setLink('cut')
  await cell.until('it to be unreachable', async () => (await cell.preview({})).finding.name === 'ServerUnreachable')
  const preview = await cell.preview({ overrides: [{ rule: 'fence-is-possible', reason: 'I know better.' }] })
  expect(preview.plan).toBeNull()
  expect(preview.checks.find(({ rule }) => rule === 'fence-is-possible')).toMatchObject({ outcome: 'failed' })
  expect(await cell.base.facts(target)).toMatchObject({ role: 'standby' })
  expect((await cell.base.epochRow()).activeMember).toBe(source)
})

test('a run whose means fails goes back, promotes nothing, and leaves a primary that writes as it was', async () => {
  const { source, target } = await cell.roles()
  const { epoch } = await cell.base.epochRow()
  cell.vantages = 'console'
  cell.setLink('cut')
  const operationId = await cell.enqueue({}, 'ServerUnreachable')
  const detail = await run(operationId, { fencingAgent: null })
  expect(detail).toMatchObject({ status: 'undone', statusReason: expect.stringMatching(/is not fenced/), receipts: [] })
  expect(await cell.base.facts(target)).toMatchObject({ role: 'standby', receiver: null })
  expect(await cell.base.epochRow()).toMatchObject({ activeMember: source, epoch, status: 'WRITABLE' })
  await cell.writer.untilAcked()
})

test('a run that goes back from a fence whose outcome nobody knows leaves the way open for another', async () => {
  const { source, target } = await cell.roles()
  const { epoch } = await cell.base.epochRow()
  cell.vantages = 'console'
  cell.setLink('cut')
  const operationId = await cell.enqueue({}, 'ServerUnreachable')
  const silent: FencingAgent = { ...cell.agent, powerOff: () => Promise.reject(new OutcomeUnknown('No answer.')) }
  const detail = await run(operationId, { fencingAgent: silent })
  expect(detail).toMatchObject({ status: 'undone', receipts: [] })
  expect(await cell.base.epochRow()).toMatchObject({ activeMember: source, epoch: epoch + 2n, status: 'FENCED' })
  end.abort()
  await worker?.done
  const again = await run(await cell.enqueue({}, 'ServerUnreachable'))
  expect(again).toMatchObject({ status: 'done', receipts: [{ memberId: source, strength: 'POWERED_OFF' }] })
  expect(await cell.base.epochRow()).toMatchObject({ activeMember: target, epoch: epoch + 3n, status: 'WRITABLE' })
})

test('a frozen primary is failed over, and what wakes up later finds itself off', async () => {
  const { source } = await cell.roles()
  await cell.base.cell.fleet.member(source).freeze()
  const detail = await run(await cell.enqueue({}, 'ServerFrozen'))
  expect(detail).toMatchObject({ status: 'done', receipts: [{ strength: 'POWERED_OFF' }] })
  await expect(cell.base.cell.fleet.member(source).start()).rejects.toThrow(/stays off/)
})

test('a stopped listener is no fence: its open sessions write on, until its gate or its power is off', async () => {
  const { source } = await cell.roles()
  await cell.base.cell.fleet.fleet.power(source, 'freeze', 'postmaster')
  const operationId = await cell.enqueue({}, 'ServerFrozen')
  const written = cell.writer.acks.length
  await expect.poll(() => cell.writer.acks.length).toBeGreaterThan(written)
  const detail = await run(operationId)
  expect(detail.status).toBe('done')
  await cell.base.cell.fleet
    .member(source)
    .start()
    .catch(() => {}) // thawed, unless its power is off
  const operation = await waitForStatus(cell.db, operationId, 'done')
  expect(await cell.violations(operation)).toEqual([])
})

test('another server at the address of the target is no target', async () => {
  const { source } = await cell.roles()
  await cell.base.cell.fleet.member(source).kill()
  cell.isTargetSwapped = true
  await cell.until('the stranger to be found', async () => {
    const { finding, candidates, plan } = await cell.preview({})
    return (
      finding.name === 'ServerDown' &&
      plan === null &&
      /does not answer|not reachable|Another server/.test(candidates[0]!.says)
    )
  })
})

test('a standby whose timeline diverged is no target, however far its log reaches', async () => {
  const { source, target } = await cell.roles()
  const member = cell.base.cell.fleet.member(target)
  cell.setLink('cut')
  await asAdmin(member.adminDsn, 'SELECT pg_promote()')
  await asAdmin(member.adminDsn, 'CREATE TABLE public.stray AS SELECT generate_series(1, 200000) AS n')
  await member.shutDown()
  await writeFile(path.join(cell.base.cell.fleet.fleet.member(target).seat.dir, 'standby.signal'), '', { mode: 0o644 })
  await member.start()
  cell.setLink('up')
  await cell.base.cell.fleet.member(source).kill()
  await cell.until('the divergence to be found', async () => {
    const { finding, checks, plan } = await cell.preview({})
    const family = checks.find(({ rule }) => rule === 'target-is-a-standby-of-the-family')
    return finding.name === 'ServerDown' && plan === null && family?.outcome === 'failed'
  })
  const { checks } = await cell.preview({})
  expect(checks.find(({ rule }) => rule === 'target-is-a-standby-of-the-family')?.says).toMatch(/timeline/)
})
