import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PasskeyCreation, PasskeyRequest, PasskeyView } from '@/model/schemas/passkeys'
import { callTrpc, startConsole, type TestConsole } from './testing'
import { type Authenticator, createAuthenticator } from './testing-authenticator'

let web: TestConsole
let cookie: string
let key: Authenticator
beforeAll(async () => {
  web = await startConsole()
})
afterAll(() => web?.stop())
beforeEach(async () => {
  await web.process.db.passkey.deleteMany()
  cookie = await web.signIn('approver')
  key = createAuthenticator(web.origin)
})

const call = (path: string, input?: unknown, as = cookie) =>
  callTrpc(web.process, { path: `session.${path}`, type: 'mutation', input, headers: { cookie: as } })
const passkeys = async () => {
  const { data } = await callTrpc(web.process, { path: 'session.passkeys', type: 'query', headers: { cookie } })
  return data as PasskeyView[]
}
const forgetProofs = () => web.process.db.session.updateMany({ data: { steppedUpAt: null } })
const me = async (as = cookie) => {
  const { data } = await callTrpc(web.process, { path: 'session.me', type: 'query', headers: { cookie: as } })
  return data as { steppedUpUntil: string | null; passkeyCount: number; whyNoPasskeys: string | null }
}

async function add(authenticator = key, name = 'My key', as = cookie) {
  const { data } = await call('askPasskey', { purpose: 'add-passkey' }, as)
  return call('addPasskey', { name, response: authenticator.create(data as PasskeyCreation) }, as)
}
async function question(boundTo: object | null = null, as = cookie): Promise<PasskeyRequest> {
  const { data, error } = await call('askProof', { boundTo }, as)
  expect(error).toBeNull()
  return data as PasskeyRequest
}
const prove = (response: unknown, as = cookie) => call('proveByPasskey', { response }, as)

describe('adding a passkey', () => {
  test('needs a fresh proof, keeps what the browser made, and is in the audit trail', async () => {
    expect((await add()).status).toBe(200)
    expect(await passkeys()).toMatchObject([{ name: 'My key', isSynced: false }])
    expect(await me()).toMatchObject({ passkeyCount: 1, whyNoPasskeys: null })
    const events = await web.process.db.globalAuditEvent.count({ where: { actionType: 'passkey.added' } })
    expect(events).toBe(1)
    await forgetProofs()
    for (const answer of [
      await call('askPasskey', { purpose: 'add-passkey' }),
      await call('removePasskey', { id: (await passkeys())[0]!.id }),
    ])
      expect(answer.error).toMatchObject({ errorCode: 'step-up-required' })
    expect(await passkeys()).toHaveLength(1)
  })

  test('takes each question once, however many answers come at once', async () => {
    const { data } = await call('askPasskey', { purpose: 'add-passkey' })
    const response = key.create(data as PasskeyCreation)
    const answers = await Promise.all(Array.from({ length: 8 }, () => call('addPasskey', { name: 'Key', response })))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await passkeys()).toHaveLength(1)
  })

  test.each<[string, (question: PasskeyCreation) => unknown]>([
    ['of another site', (asked) => key.create(asked, { origin: 'https://evil.example' })],
    ['for another host', (asked) => key.create(asked, { rpId: 'evil.example' })],
    ['that verified nobody', (asked) => key.create(asked, { isVerified: false })],
    ['to a question nobody put', (asked) => key.create({ ...asked, challenge: randomBytes(32).toString('base64url') })],
  ])('refuses an answer %s', async (_what, respond) => {
    const { data } = await call('askPasskey', { purpose: 'add-passkey' })
    const answer = await call('addPasskey', { name: 'Key', response: respond(data as PasskeyCreation) })
    expect(answer.error).toMatchObject({ errorCode: 'precondition-failed' })
    expect(await passkeys()).toEqual([])
  })

  test('refuses an answer to somebody else’s question, and the same key a second time', async () => {
    const operator = await web.signIn('operator')
    const { data } = await call('askPasskey', { purpose: 'add-passkey' }, operator)
    const response = key.create(data as PasskeyCreation)
    expect((await call('addPasskey', { name: 'Key', response })).error).toMatchObject({
      errorCode: 'precondition-failed',
    })
    expect((await add()).status).toBe(200)
    expect((await add(key, 'Key', operator)).error).toMatchObject({ errorCode: 'conflict' })
  })

  test('a passkey is removed by its person alone', async () => {
    await add()
    const [{ id } = { id: '' }] = await passkeys()
    const operator = await web.signIn('operator')
    expect((await call('removePasskey', { id }, operator)).error).toMatchObject({ errorCode: 'not-found' })
    expect((await call('removePasskey', { id })).status).toBe(200)
    expect(await passkeys()).toEqual([])
  })
})

describe('proving by a passkey', () => {
  beforeEach(async () => {
    expect((await add()).status).toBe(200)
    await forgetProofs()
  })

  test('counts for five minutes of the catalog’s clock, in this session alone', async () => {
    const other = await web.signIn('approver')
    await forgetProofs()
    const answer = await prove(key.answer(await question()))
    expect(answer.status).toBe(200)
    const until = (answer.data as { steppedUpUntil: string }).steppedUpUntil
    expect(await me()).toMatchObject({ steppedUpUntil: until })
    expect((await me(other)).steppedUpUntil).toBeNull()
    const [{ leftMs } = { leftMs: 0 }] = await web.process.db.$queryRaw<{ leftMs: number }[]>`
      SELECT extract(epoch FROM ${until}::timestamptz - clock_timestamp())::float8 * 1000 AS "leftMs"`
    expect(leftMs).toBeGreaterThan(4.5 * 60_000)
    expect(leftMs).toBeLessThanOrEqual(5 * 60_000)
  })

  test('an answer counts once, however many copies come at once', async () => {
    const response = key.answer(await question())
    const answers = await Promise.all(Array.from({ length: 8 }, () => prove(response)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect((await prove(response)).error).toMatchObject({ errorCode: 'precondition-failed' })
  })

  test('a newer question ends the one before', async () => {
    const first = await question()
    await question()
    expect((await prove(key.answer(first))).error).toMatchObject({ errorCode: 'precondition-failed' })
  })

  test('an overdue question is over, by the catalog’s clock', async () => {
    const asked = await question()
    await web.process.db.$executeRaw`
      UPDATE auth_verification SET expires_at = now() - interval '1 second' WHERE identifier LIKE 'passkey|%'`
    expect((await prove(key.answer(asked))).error).toMatchObject({ errorCode: 'precondition-failed' })
    expect((await me()).steppedUpUntil).toBeNull()
  })

  test.each<[string, (asked: PasskeyRequest) => unknown]>([
    ['of another site', (asked) => key.answer(asked, { origin: 'https://evil.example' })],
    ['for another host', (asked) => key.answer(asked, { rpId: 'evil.example' })],
    ['that verified nobody', (asked) => key.answer(asked, { isVerified: false })],
    ['of a copy whose counter fell behind', (asked) => key.answer(asked, { counter: 1 })],
    [
      'signed with another key',
      (asked) => key.answer(asked, { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey }),
    ],
    ['of a passkey nobody knows', (asked) => key.answer(asked, { id: randomBytes(32).toString('base64url') })],
    ['to a question nobody put', (asked) => key.answer({ ...asked, challenge: randomBytes(32).toString('base64url') })],
  ])('refuses an answer %s, and writes it down', async (_what, respond) => {
    const failures = () => web.process.db.globalAuditEvent.count({ where: { actionType: 'session.step-up-failed' } })
    const before = await failures()
    expect((await prove(respond(await question()))).error).toMatchObject({ errorCode: 'precondition-failed' })
    expect((await me()).steppedUpUntil).toBeNull()
    expect(await failures()).toBe(before + 1)
  })

  test('somebody else cannot answer, neither with the key nor in another session of the same person', async () => {
    const operator = await web.signIn('operator')
    expect((await prove(key.answer(await question()), operator)).error).toMatchObject({
      errorCode: 'precondition-failed',
    })
    const other = await web.signIn('approver')
    expect((await prove(key.answer(await question()), other)).error).toMatchObject({ errorCode: 'precondition-failed' })
  })

  test('a proof for one plan says so in the audit trail, and its challenge is made from the plan', async () => {
    const boundTo = { requestId: '019f0000-0000-7000-8000-000000000001', planHash: 'a'.repeat(64) }
    expect((await prove(key.answer(await question(boundTo)))).status).toBe(200)
    const [event] = await web.process.db.globalAuditEvent.findMany({
      where: { actionType: 'session.stepped-up' },
      orderBy: { recordedAt: 'desc' },
      take: 1,
    })
    expect(event!.metadata).toMatchObject({ method: 'passkey', ...boundTo })
  })
})

test('a question of one’s own is not put to whoever has no passkey', async () => {
  expect((await call('askProof', {})).error).toMatchObject({ errorCode: 'precondition-failed' })
})
