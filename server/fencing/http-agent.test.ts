import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { NotDone, OutcomeUnknown } from '@/server/engines/contract'
import { TEST_CERTIFICATE, TEST_KEY } from '@/server/outbound/testing-certificate'
import { type HttpAgentConfig, httpAgent, whyNotUrl } from './http-agent'

const servers: Server[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
})

type Heard = { method: string; url: string; headers: IncomingMessage['headers']; body: unknown }
type Answer = (response: ServerResponse, heard: Heard) => void

async function listen(server: Server): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** A hook as a customer would write it, and what it was sent. */
async function startHook(answer: Answer, tls = false): Promise<{ url: string; heard: Heard[] }> {
  const heard: Heard[] = []
  const onRequest = async (request: IncomingMessage, response: ServerResponse) => {
    response.on('error', () => {})
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const one = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: JSON.parse(Buffer.concat(chunks).toString('utf8')),
    }
    heard.push(one)
    answer(response, one)
  }
  const server = tls ? createTlsServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, onRequest) : createServer(onRequest)
  const port = await listen(server)
  return { url: `${tls ? 'https' : 'http'}://localhost:${port}/off/{member}`, heard }
}

const says =
  (content: unknown, status = 200): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content))

function agentAt(url: string, changes: Partial<HttpAgentConfig> = {}) {
  return httpAgent({ url, method: 'POST', secret: null, timeoutMs: 5_000, ...changes })
}

const call = (timeoutMs = 5_000, signal = new AbortController().signal) => ({ timeoutMs, signal })
const order = { operationId: 'op-1' }

async function outcome(work: Promise<unknown>): Promise<NotDone | OutcomeUnknown | 'done'> {
  return work.then(
    () => 'done' as const,
    (error: unknown) => {
      if (error instanceof NotDone || error instanceof OutcomeUnknown) return error
      throw error
    },
  )
}

describe('an HTTP hook', () => {
  test('is sent the order with its secret, and its answer is the receipt', async () => {
    const offAt = '2026-11-20T08:00:00.123Z'
    const hook = await startHook(
      says({ outcome: 'done', offAt, says: 'Outlet 7 is off.', evidence: { outlet: 7, watts: 0 } }),
    )
    const secret = { header: 'x-agent-key', read: async () => 'hush' }
    const receipt = await agentAt(hook.url, { secret, method: 'PUT' }).powerOff('fra-1', order, call())
    expect(receipt).toEqual({ offAt: new Date(offAt), evidence: { outlet: 7, watts: 0, says: 'Outlet 7 is off.' } })
    expect(hook.heard).toEqual([
      expect.objectContaining({
        method: 'PUT',
        url: '/off/fra-1',
        body: { action: 'power-off', member: 'fra-1', operationId: 'op-1' },
        headers: expect.objectContaining({ 'x-agent-key': 'hush', 'idempotency-key': 'op-1/power-off' }),
      }),
    ])
  })

  test('that says so has certainly done nothing', async () => {
    const hook = await startHook(says({ outcome: 'not-done', says: 'No such outlet.' }))
    const refused = await outcome(agentAt(hook.url).powerOff('fra-1', order, call()))
    expect(refused).toBeInstanceOf(NotDone)
    expect(String(refused)).toContain('No such outlet.')
    expect(await agentAt(hook.url).check('fra-1', call())).toMatchObject({ isReady: false })
  })

  test('brings back and releases, and its readiness is asked without an operation', async () => {
    const hook = await startHook(says({ outcome: 'done', says: 'Fine.' }))
    const agent = agentAt(hook.url)
    await agent.bringBackClosed('fra-1', order, call())
    await agent.release('fra-1', order, call())
    expect(await agent.check('fra-1', call())).toEqual({ isReady: true, says: 'Fine.' })
    expect(hook.heard.map(({ body }) => (body as { action: string }).action)).toEqual([
      'bring-back-closed',
      'release',
      'check',
    ])
    expect(await outcome(agent.powerOff('fra-1', order, call())), 'no instant, no receipt').toBeInstanceOf(
      OutcomeUnknown,
    )
  })

  test.each<[string, Answer]>([
    ['answers with garbage', (response) => response.end('off, I think')],
    ['answers with another form', says({ outcome: 'done', offAt: 'yesterday' })],
    [
      'answers with evidence of another form',
      says({ outcome: 'done', offAt: '2026-11-20T08:00:00Z', evidence: { a: {} } }),
    ],
    ['answers with an error', says({ outcome: 'done', offAt: '2026-11-20T08:00:00Z' }, 500)],
    ['is not found', says({ outcome: 'not-done', says: 'x' }, 404)],
    ['sends us elsewhere', (response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end()],
    ['breaks off', (response) => response.socket?.destroy()],
    [
      'breaks off in the middle',
      (response) => {
        response.writeHead(200, { 'content-length': '1000' })
        response.write('{"outcome":', () => response.socket?.destroy())
      },
    ],
    [
      'never stops talking',
      (response) => {
        const more = () => {
          while (response.write('x'.repeat(65_536))) if (response.destroyed) return
          if (!response.destroyed) response.once('drain', more)
        }
        more()
      },
    ],
    ['never answers', () => {}],
  ])('that %s leaves the outcome unknown', async (_, answer) => {
    const hook = await startHook(answer)
    const startedAtMs = performance.now()
    expect(await outcome(agentAt(hook.url, { timeoutMs: 400 }).powerOff('fra-1', order, call()))).toBeInstanceOf(
      OutcomeUnknown,
    )
    expect(performance.now() - startedAtMs).toBeLessThan(3_000)
    expect(hook.heard, 'sent once').toHaveLength(1)
  })

  test('a call that is given up leaves the outcome unknown at once', async () => {
    const ending = new AbortController()
    const hook = await startHook(() => ending.abort())
    expect(await outcome(agentAt(hook.url).powerOff('fra-1', order, call(5_000, ending.signal)))).toBeInstanceOf(
      OutcomeUnknown,
    )
    expect(await outcome(agentAt(hook.url).powerOff('fra-1', order, call(5_000, ending.signal)))).toBeInstanceOf(
      NotDone,
    )
    expect(hook.heard).toHaveLength(1)
  })

  test('nobody who listens, nobody of that name, and a secret that is not there: nothing was done', async () => {
    const closed = createTcpServer()
    const port = await listen(closed)
    await new Promise((resolve) => servers.pop()?.close(resolve))
    const url = `http://localhost:${port}/{member}`
    expect(await outcome(agentAt(url).powerOff('fra-1', order, call()))).toBeInstanceOf(NotDone)
    const hook = await startHook(says({ outcome: 'done' }))
    const secret = { header: 'authorization', read: () => Promise.reject(new Error('The variable X is not set.')) }
    const refused = await outcome(agentAt(hook.url, { secret }).powerOff('fra-1', order, call()))
    expect(refused).toBeInstanceOf(NotDone)
    expect(hook.heard).toEqual([])
  })

  test('over TLS an order goes to the holder of a trusted certificate, and to nobody else', async () => {
    const hook = await startHook(says({ outcome: 'done', offAt: '2026-11-20T08:00:00Z' }), true)
    expect(await outcome(agentAt(hook.url).powerOff('fra-1', order, call()))).toBeInstanceOf(NotDone)
    expect(hook.heard).toEqual([])
    expect(await outcome(agentAt(hook.url, { ca: TEST_CERTIFICATE }).powerOff('fra-1', order, call()))).toBe('done')
    expect(hook.heard).toHaveLength(1)
  })

  test('a name of a member cannot leave its place in the URL', async () => {
    const hook = await startHook(says({ outcome: 'done', offAt: '2026-11-20T08:00:00Z' }))
    await agentAt(hook.url).powerOff('../../x?y=z#', order, call())
    expect(hook.heard[0]?.url).toBe('/off/..%2F..%2Fx%3Fy%3Dz%23')
  })
})

test.each([
  ['https://agent.example/off/{member}', null],
  ['http://127.0.0.1:1/{member}', null],
  ['http://localhost:1/{member}', null],
  ['http://[::1]:1/{member}', null],
  ['http://agent.example/{member}', 'need https'],
  ['https://agent.example/off', '{member}'],
  ['https://{member}.example/off', 'choose the host'],
  ['https://169.254.169.254/{member}', 'link-local'],
  ['https://[fe80::1]/{member}', 'link-local'],
  ['https://[::ffff:169.254.169.254]/{member}', 'link-local'],
  ['https://2852039166/{member}', 'link-local'],
  ['https://100.100.100.200/{member}', 'link-local'],
  ['https://0.0.0.0/{member}', 'link-local'],
  ['https://user:secret@agent.example/{member}', 'does not belong'],
  ['ftp://agent.example/{member}', 'http or https'],
  ['not a url {member}', 'http or https'],
])('%s', (url, problem) => {
  const found = whyNotUrl(url)
  if (problem === null) expect(found).toBeNull()
  else expect(found).toContain(problem)
})
