import { afterAll, beforeAll, expect, test } from 'vitest'
import { handleMetrics, handleReady } from './handlers'
import { callAuth, callRest, callTrpc, startConsole, type TestConsole } from './testing'

const SAYS = /^The catalog cannot be reached\. The cells keep serving;/
let web: TestConsole
let cookie: string
beforeAll(async () => {
  web = await startConsole()
  cookie = await web.signIn('viewer')
  await web.catalog.server.kill()
})
afterAll(() => web?.stop())

test('a call that cannot even read its session says so, with its request id', async () => {
  const answer = await callTrpc(web.process, { path: 'session.me', type: 'query', headers: { cookie } })
  expect(answer).toMatchObject({
    status: 503,
    error: {
      code: 'SERVICE_UNAVAILABLE',
      errorCode: 'unavailable',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    },
  })
  expect(answer.error?.message).toMatch(SAYS)
})

test('so does one that needs no session and fails in its verb', async () => {
  const headers = { authorization: `Bearer ${web.routerToken}` }
  const tenantId = '0190f5fe-7c00-7a00-8000-000000000001'
  const answer = await callTrpc(web.process, { path: 'routes.resolve', type: 'query', input: { tenantId }, headers })
  expect(answer).toMatchObject({ status: 503, error: { errorCode: 'unavailable' } })
  expect(answer.error?.message).toMatch(SAYS)
})

test('REST answers the same, and the stream of routes too', async () => {
  for (const path of ['GET /session', 'GET /route/changes']) {
    const answer = await callRest(web.process, path, { headers: { cookie } })
    expect(answer.status, path).toBe(503)
    expect(answer.body).toMatchObject({ message: expect.stringMatching(SAYS) })
  }
})

test('metrics asked for by a person cannot tell who asks, and say why', async () => {
  const scrape = (headers: Record<string, string>) =>
    handleMetrics(new Request(`${web.origin}/api/metrics`, { headers }), web.process)
  const answer = await scrape({ cookie })
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ message: expect.stringMatching(SAYS), code: 'SERVICE_UNAVAILABLE' })
  const byToken = await scrape({ authorization: `Bearer ${web.process.metricsToken}` })
  expect(byToken.status, 'a scraper’s token needs no catalog').toBe(200)
})

test('signing in says that it is the catalog, and not the password', async () => {
  const { email, password } = web.people.viewer
  const answer = await callAuth(web.process, '/sign-in/email', { email, password })
  expect(answer).toMatchObject({ status: 503, body: { message: expect.stringMatching(SAYS) } })
})

test('readiness tells since when, and the instant stays while the outage lasts', async () => {
  const ask = async () => {
    const answer = await handleReady(new Request(`${web.origin}/api/ready`), web.process)
    return { status: answer.status, body: (await answer.json()) as { catalogLostSince?: string } }
  }
  const first = await ask()
  expect(first).toMatchObject({ status: 503, body: { ok: false, catalogLostSince: expect.stringMatching(/Z$/) } })
  const sinceMs = Date.parse(first.body.catalogLostSince!)
  expect(sinceMs).toBeLessThanOrEqual(Date.now())
  expect((await ask()).body.catalogLostSince).toBe(first.body.catalogLostSince)
})
