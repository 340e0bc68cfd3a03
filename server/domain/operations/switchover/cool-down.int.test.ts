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
