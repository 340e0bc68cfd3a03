import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { principalFrom } from '@/server/auth'
import { CLIENT_HEADER, sealAddress } from '@/server/auth/client-address'
import { SESSION_COOKIE, SESSION_IDLE_MAX_MS } from '@/server/auth/session-limits'
import { totpNow } from '@/server/auth/totp'
import { callAuth, startConsole, type TestConsole } from './testing'

let web: TestConsole
beforeAll(async () => {
  web = await startConsole({ crowd: ['viewer', 'viewer'] })
})
afterAll(() => web?.stop())

const whoIs = (cookie: string) => principalFrom(new Headers({ cookie }), web.process)
const actions = async () =>
  (await web.process.db.globalAuditEvent.findMany({ orderBy: { recordedAt: 'asc' } })).map((event) => event.actionType)

const PLATFORM = '00000000-0000-0000-0000-000000000000'
const failures = () => eventsOf('session.sign-in-failed')
const eventsOf = async (actionType: string, ...aggregateIds: string[]) => {
  const where = { actionType, ...(aggregateIds.length > 0 && { aggregateId: { in: aggregateIds } }) }
  const events = await web.process.db.globalAuditEvent.findMany({ where, orderBy: { auditEventId: 'asc' } })
  return events.map(({ auditEventId: id, aggregateId, metadata, body }) => ({ id, aggregateId, metadata, body }))
}

describe('signing in', () => {
  test('takes a password and then a code, and gives a host-bound cookie', async () => {
    const { email, password, totpSecret } = web.people.viewer
    const challenge = await callAuth(web.process, '/sign-in/email', { email, password })
    expect(challenge).toMatchObject({ status: 200, body: { twoFactorRedirect: true } })
    expect(await whoIs(challenge.cookie), 'a password alone is nobody').toBeNull()

    const code = totpNow(totpSecret, Date.now())
    const session = await callAuth(web.process, '/two-factor/verify-totp', { code }, { cookie: challenge.cookie })
    expect(session).toMatchObject({ status: 200, body: { status: true } })
    expect(session.setCookies.join('\n')).toMatch(
      new RegExp(`${SESSION_COOKIE.replace('.', '\\.')}=[^;]+; Max-Age=43200; Path=/; HttpOnly; Secure; SameSite=Lax`),
    )
    expect(await whoIs(session.cookie)).toMatchObject({
      kind: 'person',
      roles: ['viewer'],
      steppedUpAt: expect.any(Date),
    })
    expect(await actions()).toContain('session.signed-in')
  })

  test('refuses a code that was used before', async () => {
    const { email, password, totpSecret } = web.people.compliance
    const code = totpNow(totpSecret, Date.now())
    const first = await callAuth(web.process, '/sign-in/email', { email, password })
    const second = await callAuth(web.process, '/sign-in/email', { email, password })
    expect((await callAuth(web.process, '/two-factor/verify-totp', { code }, { cookie: first.cookie })).status).toBe(
      200,
    )
    const replay = await callAuth(web.process, '/two-factor/verify-totp', { code }, { cookie: second.cookie })
    expect(replay.status).toBe(401)
    expect(await whoIs(replay.cookie)).toBeNull()
  })

  test('answers five wrong passwords with 401 and the sixth with 429, for that account alone', async () => {
    const wrong = { email: web.people.operator.email, password: 'not the password' }
    const statuses: number[] = []
    for (let n = 0; n < 6; n++) statuses.push((await callAuth(web.process, '/sign-in/email', wrong)).status)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
    const { email, password } = web.people.approver
    expect((await callAuth(web.process, '/sign-in/email', { email, password })).status).toBe(200)
    const right = { email: web.people.operator.email, password: web.people.operator.password }
    expect((await callAuth(web.process, '/sign-in/email', right)).status, 'even the right one').toBe(429)
    const later = await web.clock.ahead(61_000, () => callAuth(web.process, '/sign-in/email', right))
    expect(later.status).toBe(200)
    expect((await actions()).filter((action) => action === 'session.sign-in-failed').length).toBeGreaterThanOrEqual(6)
  })

  test('counts tries by the judged address, whatever the client writes about itself', async () => {
    const statuses: number[] = []
    for (let n = 0; n < 6; n++) {
      const forged = { 'x-forwarded-for': `203.0.113.${n}`, [CLIENT_HEADER]: `made-up 203.0.113.${n}` }
      const own = { 'x-forwarded-for': `203.0.113.${n}` }
      const wrong = { email: `nobody-${n % 2}@homeport.example`, password: 'not the password' }
      statuses.push((await callAuth(web.process, '/sign-in/email', wrong, n % 2 ? forged : own)).status)
      for (let again = 0; again < 2; again++)
        statuses.push((await callAuth(web.process, '/sign-in/email', wrong, n % 2 ? forged : own)).status)
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(10)
    expect(statuses.filter((status) => status === 429)).toHaveLength(8)
  })

  test('leaves who was tried, with what and from where, of each try that failed', async () => {
    const { email, password, totpSecret } = web.people.admin
    const { id: personId } = await web.process.db.person.findUniqueOrThrow({ where: { email } })
    const seen = new Set((await failures()).map((event) => event.id))
    const from = (last: number) => ({ [CLIENT_HEADER]: sealAddress(`198.51.100.${last}`) })
    const challenge = await callAuth(web.process, '/sign-in/email', { email: email.toUpperCase(), password }, from(1))
    await callAuth(web.process, '/sign-in/email', { email, password: 'Tr0ub4dor-and-3' }, from(2))
    await callAuth(web.process, '/sign-in/email', { email: 'correct-horse@typed.example', password }, from(3))
    await callAuth(web.process, '/sign-in/email', { email, password: 'Tr0ub4dor-and-3' }, { [CLIENT_HEADER]: 'none' })
    const wrong = totpNow(totpSecret, Date.now() - 3_600_000)
    // The last of these takes the challenge away.
    for (let again = 0; again < 6; again += 1)
      await callAuth(web.process, '/two-factor/verify-totp', { code: wrong }, { ...from(4), cookie: challenge.cookie })
    await callAuth(web.process, '/two-factor/verify-totp', { code: wrong }, from(5))
    const events = (await failures()).filter((event) => !seen.has(event.id))
    expect(events.map(({ aggregateId, metadata }) => ({ aggregateId, ...(metadata as object) }))).toEqual([
      { aggregateId: personId, personId, factor: 'password', address: '198.51.100.2' },
      { aggregateId: PLATFORM, personId: null, factor: 'password', address: '198.51.100.3' },
      { aggregateId: personId, personId, factor: 'password', address: null },
      ...Array.from({ length: 6 }, () => ({
        aggregateId: personId,
        personId,
        factor: 'code',
        address: '198.51.100.4',
      })),
      { aggregateId: PLATFORM, personId: null, factor: 'code', address: '198.51.100.5' },
    ])
    const written = JSON.stringify(events)
    for (const typed of ['Tr0ub4dor', 'correct-horse', password, wrong, email]) expect(written).not.toContain(typed)
  })

  test('leaves one event of tries that are held, however many follow, and one more of the next window', async () => {
    const [person, other] = web.crowd
    const { id: personId } = await web.process.db.person.findUniqueOrThrow({ where: { email: person!.email } })
    const seen = (await eventsOf('session.sign-in-held', PLATFORM)).length
    const from = (last: number) => ({ [CLIENT_HEADER]: sealAddress(`198.51.100.${last}`) })
    const flood = async (email: string, last: number) => {
      const wrong = { email, password: 'Tr0ub4dor-and-3' }
      const tries = Array.from({ length: 12 }, () => callAuth(web.process, '/sign-in/email', wrong, from(last)))
      return (await Promise.all(tries)).filter(({ status }) => status === 429).length
    }
    expect([await flood(person!.email.toUpperCase(), 11), await flood(person!.email, 12)]).toEqual([7, 7])
    expect(await flood('correct-horse@typed.example', 13)).toBe(7)
    await web.clock.ahead(61_000, () => flood(person!.email, 11))
    const of = (aggregateId: string, personId: string | null, last: number) => ({
      aggregateId,
      metadata: { personId, limit: 'address', address: `198.51.100.${last}` },
    })
    const events = (await eventsOf('session.sign-in-held', personId, PLATFORM)).slice(seen)
    expect(events.map(({ aggregateId, metadata }) => ({ aggregateId, metadata }))).toEqual([
      of(personId, personId, 11),
      of(personId, personId, 12),
      of(PLATFORM, null, 13),
      of(personId, personId, 11),
    ])
    for (const typed of ['Tr0ub4dor', 'correct-horse', person!.email])
      expect(JSON.stringify(events)).not.toContain(typed)

    // Seven addresses, five tries each: no address meets its own limit, but the account meets that of all of them.
    const { id: otherId } = await web.process.db.person.findUniqueOrThrow({ where: { email: other!.email } })
    const wrong = { email: other!.email, password: 'Tr0ub4dor-and-3' }
    for (let n = 0; n < 35; n++) await callAuth(web.process, '/sign-in/email', wrong, from(21 + (n % 7)))
    expect(await eventsOf('session.sign-in-held', otherId)).toMatchObject([
      { metadata: { personId: otherId, limit: 'account', address: '198.51.100.23' } },
    ])
  })

  test('says the same of an unknown account as of a wrong password', async () => {
    const unknown = await callAuth(web.process, '/sign-in/email', {
      email: 'nobody@homeport.example',
      password: 'x'.repeat(20),
    })
    const wrong = await callAuth(web.process, '/sign-in/email', {
      email: web.people.admin.email,
      password: 'x'.repeat(20),
    })
    expect(unknown.status).toBe(401)
    expect(wrong.status).toBe(401)
    expect(unknown.body).toEqual(wrong.body)
  })

  test.each([
    ['sign-up', '/sign-up/email', { email: 'new@homeport.example', password: 'x'.repeat(20), name: 'New' }],
    ['enrolling a second factor', '/two-factor/enable', { password: 'x'.repeat(20) }],
    ['disabling the second factor', '/two-factor/disable', { password: 'x'.repeat(20) }],
    ['backup codes', '/two-factor/verify-backup-code', { code: 'x' }],
    ['changing the password', '/change-password', { currentPassword: 'x', newPassword: 'x' }],
    ['updating the account', '/update-user', { name: 'x' }],
  ])('has no endpoint for %s', async (_, path, body) => {
    const cookie = await web.signIn('viewer')
    expect(
      await callAuth(web.process, path, body, { cookie }).then(
        ({ status }) => status,
        () => 404,
      ),
    ).toBe(404)
  })

  test.each([
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['a null origin', { origin: 'null' }],
  ])('refuses %s', async (_, headers) => {
    const { email, password } = web.people.viewer
    expect((await callAuth(web.process, '/sign-in/email', { email, password }, headers)).status).toBe(403)
  })

  test.each([
    ['a trusted device', '/two-factor/verify-totp', { code: '123456', trustDevice: true }],
    [
      'another address after sign-in',
      '/sign-in/email',
      { email: 'a@b.example', password: 'x', callbackURL: '//evil.example' },
    ],
    ['a nested condition', '/sign-in/email', { email: { not: '' }, password: { not: '' } }],
  ])('refuses %s', async (_, path, body) => {
    expect((await callAuth(web.process, path, body)).status).toBe(400)
  })
})

describe('a session', () => {
  test('ends with the next request when its person is disabled', async () => {
    const cookie = await web.signIn('compliance')
    expect(await whoIs(cookie)).not.toBeNull()
    await web.process.db.person.update({
      where: { email: web.people.compliance.email },
      data: { disabledAt: new Date() },
    })
    expect(await whoIs(cookie)).toBeNull()
    await web.process.db.person.update({ where: { email: web.people.compliance.email }, data: { disabledAt: null } })
  })

  test('carries the roles of now, not those of sign-in', async () => {
    const cookie = await web.signIn('admin')
    const { id } = await web.process.db.person.findUniqueOrThrow({ where: { email: web.people.admin.email } })
    await web.process.db.roleGrant.updateMany({ where: { personId: id }, data: { revokedAt: new Date() } })
    expect(await whoIs(cookie)).toMatchObject({ roles: [] })
    await web.process.db.roleGrant.updateMany({ where: { personId: id }, data: { revokedAt: null } })
    expect(await whoIs(cookie)).toMatchObject({ roles: ['admin'] })
  })

  test('ends at sign-out', async () => {
    const cookie = await web.signIn('viewer')
    expect((await callAuth(web.process, '/sign-out', {}, { cookie })).status).toBe(200)
    expect(await whoIs(cookie)).toBeNull()
    expect(await actions()).toContain('session.signed-out')
  })

  test('lapses after half an hour without a request, except for one who can only look', async () => {
    const [operator, viewer] = [await web.signIn('operator'), await web.signIn('viewer')]
    await web.clock.ahead(SESSION_IDLE_MAX_MS + 1_000, async () => {
      expect(await whoIs(operator)).toBeNull()
      expect(await whoIs(viewer)).not.toBeNull()
    })
  })

  test('is not had with a forged cookie or a wrong token', async () => {
    const cookie = await web.signIn('viewer')
    const forged = cookie.replace(/=[^.]{4}/, '=AAAA')
    expect(await whoIs(forged)).toBeNull()
    const wrongToken = new Headers({ cookie, authorization: 'Bearer not-the-token-not-the-token-not-the' })
    expect(await principalFrom(wrongToken, web.process), 'a wrong token does not fall back to the cookie').toBeNull()
    const service = new Headers({ authorization: `Bearer ${web.routerToken}` })
    expect(await principalFrom(service, web.process)).toMatchObject({ kind: 'service', roles: ['service'] })
  })
})
