import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { STEP_UP_MAX_AGE_MS } from '@/model/step-up'
import { CODE_FAILURES_MAX } from '@/server/auth/second-factor'
import { totpNow } from '@/server/auth/totp'
import { callAuth, callTrpc, startConsole, type TestConsole } from './testing'

let web: TestConsole
let cookie: string
beforeAll(async () => {
  web = await startConsole()
})
afterAll(() => web?.stop())
beforeEach(async () => {
  await web.process.db.twoFactor.updateMany({ data: { failedVerificationCount: 0, lockedUntil: null } })
  cookie = await web.signIn('approver')
  await web.process.db.verification.deleteMany({ where: { identifier: { startsWith: 'totp-used-' } } })
})

const rightCode = () => totpNow(web.people.approver.totpSecret, web.process.clock.now().getTime())
/** Six digits that are none of the three codes taken at this moment. */
const wrongCode = () => {
  const nowMs = web.process.clock.now().getTime()
  const taken = [-1, 0, 1].map((steps) => totpNow(web.people.approver.totpSecret, nowMs + steps * 30_000))
  return ['000000', '000001', '000002', '000003'].find((code) => !taken.includes(code))!
}
const stepUp = (code: string) =>
  callTrpc(web.process, { path: 'session.stepUp', type: 'mutation', input: { code }, headers: { cookie } })
const steppedUpUntil = async () => {
  const { data } = await callTrpc(web.process, { path: 'session.me', type: 'query', headers: { cookie } })
  return (data as { steppedUpUntil: string | null }).steppedUpUntil
}
/** As if that time had passed: the catalog's clock cannot be turned. */
const ageProofs = (ms: number) =>
  web.process.db.$executeRaw`UPDATE auth_session SET stepped_up_at = stepped_up_at - ${ms} * interval '1 millisecond'`
const countEvents = (actionType: string) => web.process.db.globalAuditEvent.count({ where: { actionType } })

describe('step-up', () => {
  test('counts from a sign-in with both factors, for five minutes of the catalog’s clock and no longer', async () => {
    expect(await steppedUpUntil()).not.toBeNull()
    expect(
      await web.clock.ahead(2 * STEP_UP_MAX_AGE_MS, steppedUpUntil),
      'this process’s clock decides nothing',
    ).not.toBeNull()
    await ageProofs(STEP_UP_MAX_AGE_MS - 5_000)
    expect(await steppedUpUntil()).not.toBeNull()
    await ageProofs(6_000)
    expect(await steppedUpUntil()).toBeNull()
    await ageProofs(-3_600_000)
    expect(
      await steppedUpUntil(),
      'an instant from the future is a wrong clock, as it is to whoever decides',
    ).toBeNull()
  })

  test('is renewed by a right code, in this session alone', async () => {
    const otherSession = await web.signIn('approver')
    await web.process.db.verification.deleteMany({ where: { identifier: { startsWith: 'totp-used-' } } })
    await ageProofs(STEP_UP_MAX_AGE_MS + 1_000)
    expect(await steppedUpUntil()).toBeNull()
    const answer = await stepUp(rightCode())
    expect(answer.status).toBe(200)
    expect(await steppedUpUntil()).toBe((answer.data as { steppedUpUntil: string }).steppedUpUntil)
    cookie = otherSession
    expect(await steppedUpUntil()).toBeNull()
    expect(await countEvents('session.stepped-up')).toBeGreaterThan(0)
  })

  test('takes a code once, however many ask at the same time', async () => {
    const code = rightCode()
    const answers = await Promise.all(Array.from({ length: 8 }, () => stepUp(code)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ error }) => error?.errorCode === 'precondition-failed')).toHaveLength(7)
  })

  test('locks after ten wrong codes, even for the right one, and unlocks after a quarter of an hour', async () => {
    const failedBefore = await countEvents('session.step-up-failed')
    for (let n = 0; n < CODE_FAILURES_MAX; n++)
      expect((await stepUp(wrongCode())).error?.errorCode).toBe('precondition-failed')
    expect((await stepUp(rightCode())).status).toBe(429)
    expect(await countEvents('session.step-up-failed')).toBe(failedBefore + CODE_FAILURES_MAX + 1)
    await web.clock.ahead(15 * 60_000 + 1_000, async () => expect((await stepUp(rightCode())).status).toBe(200))
  })

  test('counts wrong codes of twenty at once as twenty', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => stepUp(wrongCode())))
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(20 - CODE_FAILURES_MAX)
  })

  test('cannot be guessed past its limit at the sign-in endpoint', async () => {
    const answer = await callAuth(web.process, '/two-factor/verify-totp', { code: rightCode() }, { cookie })
    expect(answer.status).toBe(400)
  })
})

test('no secret, password, code or token gets into the audit trail or the log', async () => {
  const written = vi.spyOn(fs, 'writeSync')
  const { email, password, totpSecret } = web.people.approver
  const marker = randomBytes(12).toString('hex')
  const code = rightCode()
  await callAuth(web.process, '/sign-in/email', { email: 'somebody@homeport.example', password: marker })
  await callAuth(web.process, '/sign-in/email', { email, password: `${marker}${marker}` })
  await callAuth(web.process, '/sign-in/email', { email: { not: marker }, password: marker })
  await callAuth(web.process, '/two-factor/verify-totp', { code: marker }, { cookie })
  await stepUp(wrongCode())
  await stepUp(code)
  const logged = written.mock.calls.map(([, line]) => String(line)).join('\n')
  written.mockRestore()
  expect(logged, 'failed sign-ins are logged, so this test sees the log').toContain('Invalid password')
  const audited = (await web.process.db.globalAuditEvent.findMany()).map(({ body }) => body).join('\n')
  const token = cookie.split('=')[1]!
  for (const secret of [marker, 'somebody@', email, password, totpSecret, token, `"${code}"`]) {
    expect(audited).not.toContain(secret)
    expect(logged).not.toContain(secret)
  }
})
