import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { DomainError } from '@/model/errors'
import type { Ctx } from '@/server/context'
import { addChannel, listDeliveries, resolveCode, startHerald } from '@/server/domain/notifications'
import { channel } from '@/server/domain/notifications/testing'
import { approveRequest, previewSwitchover, rejectRequest, requestOperation } from '../index'
import { type CalmCatalog, startCalmCatalog } from '../testing-catalog'
import { expireRequests } from './expire-requests'

let calm: CalmCatalog
let operator: Ctx
let approver: Ctx
let admin: Ctx
beforeAll(async () => {
  calm = await startCalmCatalog()
  operator = calm.ctxOf(calm.people.operator)
  approver = calm.ctxOf(calm.people.approver)
  admin = calm.ctxOf(await calm.addPerson('Ann Admin', 'admin'))
  await addChannel(admin, channel())
})
afterAll(() => calm?.stop())
beforeEach(() => calm.observe())
afterEach(async () => {
  await calm.settle()
  await calm.db.notificationDelivery.deleteMany()
  await calm.db.notification.deleteMany()
})

const news = () => calm.db.notification.findMany({ orderBy: { createdAt: 'asc' } })
const texts = async () => (await news()).map(({ topic, text }) => `${topic}: ${text}`)

async function ask() {
  const { planHash } = await previewSwitchover(operator, { cellId: 'sin' })
  const made = await requestOperation(operator, {
    kind: 'planned-switchover',
    cellId: 'sin',
    targetMember: 'sin-2',
    planHash: planHash!,
    typedRegion: 'ap-southeast-1',
    reason: 'Acme asked for it by telephone.',
    idempotencyKey: randomUUID(),
  })
  return { ...made, planHash: planHash! }
}

const vote = (planHash: string, id: string) => ({ id, planHash, reason: 'Looks right to me.' })

/** Looks until the news are as asked, as a worker would. */
async function look(isSo: (told: string[]) => boolean): Promise<string[]> {
  const end = new AbortController()
  const { done } = startHerald({ db: calm.db, signal: end.signal, everyMs: 20 })
  try {
    const deadlineMs = performance.now() + 10_000
    for (;;) {
      const told = await texts()
      if (isSo(told)) return told
      if (performance.now() > deadlineMs) throw new Error(`Told: ${told.join(' | ')}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  } finally {
    end.abort()
    await done
  }
}

test('asking and deciding are told in the transactions that ask and decide; no tenant and no reason leaves the console', async () => {
  const { requestId, code, planHash } = await ask()
  await approveRequest(approver, vote(planHash, requestId))
  const [waiting, decided] = await news()
  expect(waiting).toMatchObject({
    topic: 'request.waiting',
    objectId: requestId,
    text: expect.stringMatching(
      /^Approve planned switchover sin: ap-southeast-1 to ap-southeast-2\? Expires \d\d:\d\dZ \(1[45] min\)\. 3 tenants\.$/,
    ),
    path: `/r/${code}`,
    body: { code, planHash, state: 'waiting', correlationId: requestId, quorum: 1, approvedCount: 0 },
  })
  expect(decided).toMatchObject({
    topic: 'request.decided',
    objectId: requestId,
    text: `Approved: planned switchover sin: ap-southeast-1 to ap-southeast-2 (${code}). It starts now.`,
    body: { state: 'consumed', expiresAt: null, approvedCount: 1 },
  })
  expect(JSON.stringify(await news())).not.toMatch(/Acme|telephone|Looks right/)
  expect(await listDeliveries(operator, { status: 'queued' })).toHaveLength(2)
})

test('what was refused is not told', async () => {
  const { requestId, planHash } = await ask()
  await expect(approveRequest(operator, vote(planHash, requestId))).rejects.toBeInstanceOf(DomainError)
  expect(await texts()).toHaveLength(1)
})

test('a no and an end of the window are told once each, however many look', async () => {
  const first = await ask()
  await rejectRequest(approver, vote(first.planHash, first.requestId))
  const second = await ask()
  await calm.db.$executeRaw`
    UPDATE operation_request SET created_at = now() - interval '20 minutes', approve_by = now() - interval '1 minute'
    WHERE id = ${second.requestId}::uuid`
  await Promise.all(Array.from({ length: 5 }, () => expireRequests(calm.db, 'eu-west-1')))
  const decided = (await texts()).filter((text) => text.startsWith('request.decided'))
  expect(decided).toEqual([
    expect.stringContaining(`Rejected: planned switchover sin: ap-southeast-1 to ap-southeast-2 (${first.code})`),
    expect.stringContaining(`Expired: planned switchover sin: ap-southeast-1 to ap-southeast-2 (${second.code})`),
  ])
})

test('half and four fifths of the window bring a reminder each, and never one twice', async () => {
  const { requestId } = await ask()
  const passed = (share: number) => calm.db.$executeRaw`
    UPDATE operation_request SET created_at = now() - ${share}::float8 * interval '15 minutes',
      approve_by = now() + ${1 - share}::float8 * interval '15 minutes' WHERE id = ${requestId}::uuid`
  const reminders = (told: string[]) => told.filter((text) => text.includes('Still waiting'))
  await passed(0.55)
  expect(reminders(await look((told) => reminders(told).length === 1))[0]).toContain('(6 min). 0 of 1 approved.')
  await passed(0.85)
  await Promise.all([1, 2].map(() => look((told) => reminders(told).length >= 2)))
  expect(reminders(await texts())).toHaveLength(2)
})

test('a worker that was away reminds once, of the later share', async () => {
  const { requestId } = await ask()
  await calm.db.$executeRaw`
    UPDATE operation_request SET created_at = now() - interval '14 minutes', approve_by = now() + interval '1 minute'
    WHERE id = ${requestId}::uuid`
  await look((told) => told.some((text) => text.includes('Still waiting')))
  await look(() => true)
  expect((await texts()).filter((text) => text.includes('Still waiting'))).toHaveLength(1)
})

test('an operation that comes to rest is told once by state and lease, in the thread of its request', async () => {
  const { requestId, planHash } = await ask()
  const { operationId } = await approveRequest(approver, vote(planHash, requestId))
  const rest = (status: string, leaseEpoch: number) => calm.db.$executeRaw`
    UPDATE operation SET status = ${status}, lease_epoch = ${leaseEpoch},
      finished_at = CASE WHEN ${status} = 'needs-human' THEN NULL ELSE now() END WHERE id = ${operationId}::uuid`
  // What earlier tests left behind came to rest as well.
  const { code } = await calm.db.operation.findUniqueOrThrow({ where: { id: operationId! } })
  const rested = (told: string[]) => told.filter((text) => text.startsWith('operation.') && text.includes(`(${code})`))
  await rest('needs-human', 1)
  await Promise.all([1, 2].map(() => look((told) => rested(told).length === 1)))
  await rest('needs-human', 2)
  await look((told) => rested(told).length === 2)
  await rest('undone', 3)
  const told = rested(await look((all) => rested(all).length === 3))
  expect(told[0]).toMatch(/^operation\.needs-human: Needs a person: planned switchover sin/)
  expect(told[2]).toMatch(/^operation\.finished: Undone: planned switchover sin/)
  const [first] = await calm.db.notification.findMany({
    where: { topic: 'operation.needs-human', text: { contains: code } },
  })
  expect(first?.objectId).toBe(requestId)
})

test('a code leads to what it stands for now, and to the same answer where there is nothing', async () => {
  const { requestId, code, planHash } = await ask()
  expect(await resolveCode(operator, { code })).toEqual({ code, path: `/approvals/${requestId}` })
  const { operationId } = await approveRequest(approver, vote(planHash, requestId))
  expect(await resolveCode(operator, { code })).toEqual({ code, path: `/operations/${operationId}` })
  const operation = await calm.db.operation.findUniqueOrThrow({ where: { id: operationId! } })
  expect((await resolveCode(operator, { code: operation.code })).path).toBe(`/operations/${operationId}`)
  await expect(resolveCode(operator, { code: 'F-999999' })).rejects.toMatchObject({ code: 'not-found' })
})
