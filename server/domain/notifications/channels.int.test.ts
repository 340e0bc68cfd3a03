import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DomainError } from '@/model/errors'
import { AddChannel } from '@/model/schemas/notifications'
import type { Ctx } from '@/server/context'
import { transact } from '@/server/db'
import { startCatalog, type TestCatalog } from '@/server/db/testing'
import {
  addChannel,
  changeChannel,
  disableChannel,
  enableChannel,
  listChannels,
  listDeliveries,
  notify,
  retainNews,
  sendTest,
} from './index'
import { channel, ctxOf, news } from './testing'

let catalog: TestCatalog
let admin: Ctx
let viewer: Ctx
beforeAll(async () => {
  catalog = await startCatalog()
  admin = await ctxOf(catalog.db, 'Ann Admin', 'admin')
  viewer = await ctxOf(catalog.db, 'Vic Viewer', 'viewer')
})
afterAll(() => catalog?.stop())

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'it was done',
    (error: unknown) => (error instanceof DomainError ? `${error.code}: ${error.says}` : Promise.reject(error)),
  )
const find = async (ctx: Ctx, id: string) => (await listChannels(ctx)).find((one) => one.id === id)!
const tell = (onceKey?: string) => transact(catalog.db, (tx) => notify(tx, { ...news(), ...(onceKey && { onceKey }) }))

describe('a channel', () => {
  test('never shows what could be a credential, to nobody and not in the trail', async () => {
    const hook = await addChannel(admin, channel({ target: 'https://hooks.example/services/T0/s3cret?key=s3cret' }))
    const mail = await addChannel(admin, channel({ kind: 'email', target: 'ann@example.test, bo@ops.example.test' }))
    for (const ctx of [admin, viewer]) {
      expect((await find(ctx, hook.id)).leadsTo).toBe('https://hooks.example')
      expect((await find(ctx, mail.id)).leadsTo).toBe('2 addresses at example.test, ops.example.test')
      expect(JSON.stringify(await listChannels(ctx))).not.toMatch(/s3cret|ann@/)
    }
    const events = await catalog.db.globalAuditEvent.findMany({ where: { actionType: 'channel.added' } })
    expect(events.map(({ body }) => body).join()).not.toMatch(/s3cret|ann@/)
  })

  test('is kept by an admin alone, and each change is in the trail', async () => {
    const { id } = await addChannel(admin, channel())
    const fields = { id, name: `pager ${id}`, secretRef: null, topics: ['alert.critical' as const] }
    await changeChannel(admin, fields)
    await disableChannel(admin, { id })
    await enableChannel(admin, { id })
    await sendTest(admin, { id })
    for (const work of [
      () => addChannel(viewer, channel()),
      () => changeChannel(viewer, fields),
      () => disableChannel(viewer, { id }),
      () => enableChannel(viewer, { id }),
      () => sendTest(viewer, { id }),
    ])
      expect(await refusal(work())).toMatch(/^forbidden: Needs the role admin/)
    const events = await catalog.db.globalAuditEvent.findMany({
      where: { correlationId: id },
      orderBy: { recordedAt: 'asc' },
    })
    expect(events.map(({ actionType }) => actionType)).toEqual([
      'channel.added',
      'channel.changed',
      'channel.disabled',
      'channel.enabled',
      'channel.tested',
    ])
  })

  test('keeps its target when none is given', async () => {
    const { id } = await addChannel(admin, channel({ target: 'https://hooks.example/a' }))
    await changeChannel(admin, { id, name: `kept ${id}`, secretRef: null, topics: [] })
    expect(await catalog.db.notificationChannel.findUnique({ where: { id } })).toMatchObject({
      name: `kept ${id}`,
      target: 'https://hooks.example/a',
    })
  })

  test('that is disabled ends what waits, is told nothing, and sends no test', async () => {
    const { id } = await addChannel(admin, channel())
    await tell()
    await disableChannel(admin, { id })
    await tell()
    expect(await listDeliveries(viewer, { channelId: id, status: 'all' })).toMatchObject([
      { status: 'failed', lastError: 'The channel was disabled before it was sent.' },
    ])
    expect(await refusal(sendTest(admin, { id }))).toMatch(/^precondition-failed: This channel is disabled/)
    expect(await refusal(disableChannel(admin, { id }))).toMatch(/^conflict: This channel is disabled already/)
  })

  test('has a name of its own, whoever adds it first', async () => {
    const name = `Pager ${randomUUID()}`
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => refusal(addChannel(admin, channel({ name })))))
    expect(outcomes.filter((outcome) => outcome === 'it was done')).toHaveLength(1)
    expect(new Set(outcomes)).toEqual(new Set(['it was done', `conflict: A channel called “${name}” exists already.`]))
  })

  test.each([
    ['a file', channel({ target: 'file:///etc/passwd' }), /Give an https URL/],
    ['a URL with a password', channel({ target: 'https://a:b@hooks.example/' }), /password does not belong/],
    ['a name before the address', channel({ kind: 'email', target: 'Ann <ann@example.test>' }), /not a plain e-mail/],
    ['a header in an address', channel({ kind: 'email', target: 'a@b.test\r\nBcc: c@d.test' }), /not a plain e-mail/],
    [
      'too many addresses',
      channel({ kind: 'email', target: Array.from({ length: 21 }, (_, n) => `a${n}@b.test`).join() }),
      /at most 20/,
    ],
  ])('cannot lead to %s', async (_what, order, says) => {
    expect(await refusal(addChannel(admin, order))).toMatch(says)
  })

  test.each(['env:HOMEPORT_AUTH_SECRET', 'env:DATABASE_URL', 'file:/etc/passwd#x', 's3cret'])(
    'cannot be signed with %s',
    (secretRef) => expect(AddChannel.safeParse(channel({ secretRef })).success).toBe(false),
  )
})

test('news of one key are written once, however many find them at the same moment', async () => {
  const key = randomUUID()
  const written = await Promise.all(Array.from({ length: 20 }, () => tell(key)))
  expect(written.filter((id) => id !== null)).toHaveLength(1)
})

test('what is over and old is deleted, what still waits is kept', async () => {
  await catalog.db.notificationDelivery.deleteMany()
  await catalog.db.notification.deleteMany()
  await addChannel(admin, channel())
  const [waiting, over, young] = [await tell(), await tell(), await tell()]
  await catalog.db.$executeRaw`
    UPDATE notification SET created_at = now() - interval '91 days' WHERE id IN (${waiting}::uuid, ${over}::uuid)`
  await catalog.db.notificationDelivery.updateMany({ where: { notificationId: over! }, data: { status: 'failed' } })
  expect(await retainNews(catalog.db)).toEqual({ deletedCount: 1, isComplete: true })
  const left = await catalog.db.notification.findMany({ select: { id: true } })
  expect(left.map(({ id }) => id).sort()).toEqual([waiting, young].sort())
})
