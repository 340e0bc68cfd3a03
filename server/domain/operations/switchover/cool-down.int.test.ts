import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { approveRequest, previewSwitchover, requestOperation } from '../index'
import { type CalmCatalog, startCalmCatalog } from '../testing-catalog'
import { readWorld } from '../world/read-world'

let calm: CalmCatalog
beforeAll(async () => {
  calm = await startCalmCatalog()
})
afterAll(() => calm?.stop())
afterEach(() => calm.settle())

const reason = 'Patch the host of sin-1.'

async function queued(): Promise<string> {
  const operator = calm.ctxOf(calm.people.operator)
  await calm.observe()
  const { planHash } = await previewSwitchover(operator, { cellId: 'sin' })
  const { requestId } = await requestOperation(operator, {
    kind: 'planned-switchover',
    cellId: 'sin',
    targetMember: 'sin-2',
    planHash: planHash!,
    typedRegion: 'ap-southeast-1',
    reason,
    idempotencyKey: randomUUID(),
  })
  const vote = { id: requestId, planHash: planHash!, reason }
  const { operationId } = await approveRequest(calm.ctxOf(calm.people.approver), vote)
  return operationId!
}

/** As the journal leaves a run that went back: what was undone, and everything else skipped. */
async function endedUndone(undone: string[]): Promise<string> {
  const id = await queued()
  await calm.db.operationStep.updateMany({ where: { operationId: id }, data: { status: 'skipped' } })
  await calm.db.operationStep.updateMany({
    where: { operationId: id, name: { in: undone } },
    data: { status: 'undone' },
  })
  const { code } = await calm.db.operation.update({
    where: { id },
    data: { status: 'undone', finishedAt: new Date() },
  })
  return code
}

const coolDown = async () => {
  const { checks } = await previewSwitchover(calm.ctxOf(calm.people.operator), { cellId: 'sin' })
  return checks.find(({ rule }) => rule === 'cool-down')
}

test('a run that went back before the fence changed nothing that needs rest', async () => {
  await endedUndone([])
  expect((await readWorld(calm.db, 'sin'))?.lastSwitchover).toBeNull()
  expect(await coolDown()).toMatchObject({ outcome: 'passed' })
})

test('a run that went back from a fence raised the epoch, so the cell rests after it as after any other', async () => {
  const code = await endedUndone(['fence-old-primary'])
  const world = await readWorld(calm.db, 'sin')
  expect(world?.lastSwitchover).toMatchObject({ code, wentBack: true })
  expect(await coolDown()).toMatchObject({
    outcome: 'failed',
    says: expect.stringMatching(
      new RegExp(`^${code} fenced the writer and went back .+ ago; the cell rests for 30 s\\.$`),
    ),
  })
})

test('after a forced failover the cell rests until somebody takes note of it, and it says who moved the writer', async () => {
  const id = await endedForced('done')
  expect(await coolDown()).toMatchObject({ outcome: 'failed', says: expect.stringContaining('must be acknowledged') })
  const { code } = await calm.db.operation.update({ where: { id }, data: { acknowledgedAt: new Date() } })
  expect((await readWorld(calm.db, 'sin'))?.lastFailover).toMatchObject({ code, wentBack: false })
  expect(await coolDown()).toMatchObject({
    outcome: 'passed',
    says: expect.stringMatching(new RegExp(`^${code} moved the writer .+ ago and was acknowledged\\.$`)),
  })
})

test('a forced failover that went back from its fence is told as what it did', async () => {
  const id = await endedForced('undone')
  const { code } = await calm.db.operation.findUniqueOrThrow({ where: { id } })
  expect(await coolDown()).toMatchObject({
    outcome: 'passed',
    says: expect.stringMatching(new RegExp(`^${code} fenced the writer and went back .+ ago\\.$`)),
  })
})

/** As the journal leaves a forced failover; the rule reads nothing else of it. */
async function endedForced(status: 'done' | 'undone'): Promise<string> {
  await calm.db.operation.updateMany({ data: { finishedAt: new Date(Date.now() - 3_600_000) } }) // what came before has rested
  const id = await queued()
  await calm.db.operationStep.updateMany({
    where: { operationId: id, name: 'fence-old-primary' },
    data: { status },
  })
  await calm.db.operation.update({ where: { id }, data: { kind: 'forced-failover', status, finishedAt: new Date() } })
  return id
}
