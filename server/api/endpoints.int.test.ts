import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { handleHealth, handleMetrics, handleReady, handleRest, handleTrpc } from './handlers'
import { callRest, startConsole, type TestConsole } from './testing'

let web: TestConsole
let token: Record<string, string>
beforeAll(async () => {
  web = await startConsole()
  token = { authorization: `Bearer ${web.routerToken}` }
})
afterAll(() => web?.stop())

const get = (path: string, headers: Record<string, string> = {}) => new Request(`${web.origin}${path}`, { headers })

/** What `announce` says when routes changed; said here by hand, because a transport may not write to the catalog. */
const announceRoutes = (ids: string[]) =>
  web.catalog.db.$executeRaw`SELECT pg_notify('homeport_live', ${JSON.stringify({ topic: 'routes', ids })})`

describe('what a machine asks', () => {
  test('health answers without the catalog, ready only with it', async () => {
    expect((await handleHealth(get('/api/health'))).status).toBe(200)
    const ready = await handleReady(get('/api/ready'), web.process)
    expect({ status: ready.status, body: await ready.json() }).toEqual({
      status: 200,
      body: { ok: true, says: 'Ready.' },
    })
  })

  test('metrics need the scraper’s token or a person who may read telemetry', async () => {
    const status = async (headers: Record<string, string>) =>
      (await handleMetrics(get('/api/metrics', headers), web.process)).status
    expect(await status({})).toBe(401)
    expect(await status(token), 'the router token opens nothing else').toBe(401)
    expect(await status({ authorization: `Bearer ${web.process.metricsToken}` })).toBe(200)
    expect(await status({ cookie: await web.signIn('viewer') })).toBe(200)
  })

  test('the OpenAPI document is served', async () => {
    const { status, body } = await callRest(web.process, 'GET /openapi.json')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      openapi: expect.stringMatching(/^3\.1/),
      paths: { '/route': { get: { parameters: expect.any(Array) } } },
    })
  })

  test('a refused call names its request, and no answer may be cached', async () => {
    const { status, headers, body } = await callRest(web.process, 'GET /cells')
    expect(status).toBe(401)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toMatchObject({ code: 'UNAUTHORIZED', data: { requestId: headers.get('x-request-id') } })
  })
})

describe('a router client', () => {
  test('hears which scopes changed, and nothing else', async () => {
    const stop = new AbortController()
    const response = await handleRest(
      new Request(`${web.origin}/api/v1/route/changes`, { headers: token, signal: stop.signal }),
      web.process,
    )
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const lines = readLines(response)
    expect((await lines.next()).value).toBe(': open')
    await web.catalog.db.$executeRaw`SELECT pg_notify('homeport_live', ${JSON.stringify({ topic: 'audit', ids: [] })})`
    await announceRoutes(['cell:jkt'])
    expect(await nextChange(lines)).toEqual({ scopes: ['cell:jkt'] })
    stop.abort()
    await lines.return(undefined)
  })

  test('is refused without its token', async () => {
    expect((await handleRest(get('/api/v1/route/changes'), web.process)).status).toBe(401)
    const wrong = { authorization: 'Bearer wrong' }
    expect((await handleRest(get('/api/v1/route/changes', wrong), web.process)).status).toBe(401)
  })
})

test('a live stream ends once its person is disabled', async () => {
  const headers = { cookie: await web.signIn('compliance') }
  const response = await handleTrpc(get('/api/trpc/live.follow', headers), web.process)
  const lines = readLines(response)
  while (!String((await lines.next()).value).includes('connected'));
  await announceRoutes(['first'])
  while (!String((await lines.next()).value).includes('first'));
  await web.catalog.db.person.update({
    where: { email: web.people.compliance.email },
    data: { disabledAt: new Date() },
  })
  await web.clock.ahead(11_000, async () => {
    await announceRoutes(['second'])
    const rest: string[] = []
    for await (const line of lines) rest.push(line)
    expect(rest.join('\n')).not.toContain('second')
  })
})

async function nextChange(lines: AsyncGenerator<string>): Promise<unknown> {
  for (;;) {
    const { value, done } = await lines.next()
    if (done) throw new Error('The stream ended.')
    const change = value.startsWith('data: ') ? JSON.parse(value.slice('data: '.length)) : null
    // A resync (an empty list) may come first, when the feed has only just begun to listen.
    if (change && change.scopes.length > 0) return change
  }
}

async function* readLines(response: Response): AsyncGenerator<string> {
  let buffered = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    buffered += chunk
    const lines = buffered.split('\n')
    buffered = lines.pop() ?? ''
    yield* lines.filter((line) => line !== '')
  }
}
