import { createHmac } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import type { OutgoingMessage } from '@/model/outgoing-message'
import { TEST_CERTIFICATE } from '@/server/outbound/testing-certificate'
import { whyNotAddress } from '@/server/outbound/vet-address'
import { sendWebhook, whyNotWebhook } from './send-webhook'
import { type Answer, closedPort, says, startReceiver, startTalker } from './testing'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
})

async function receiver(answer: Answer, options = {}) {
  const started = await startReceiver(answer, options)
  stops.push(started.stop)
  return started
}

async function talker(talk: Parameters<typeof startTalker>[0]) {
  const started = await startTalker(talk)
  stops.push(started.stop)
  return `http://localhost:${started.port}/`
}

const message: OutgoingMessage = {
  deliveryId: '0190f000-0000-7000-8000-000000000001',
  attempt: 1,
  topic: 'request.waiting',
  text: '[DEMO] Approve FORCED failover fra: eu-central-1 to eu-west-1? Expires 03:24Z (8 min). 40 tenants.',
  url: 'https://console.example/r/F-41',
  objectId: '0190f000-0000-7000-8000-000000000002',
  occurredAt: '2026-11-20T03:16:00.000Z',
  facts: { plan_hash: 'a'.repeat(64), state: 'waiting', expires_at: '2026-11-20T03:24:00.000Z' },
  items: [],
  count: 1,
}
const rules = { plainHosts: [] }
const call = (timeoutMs = 2_000, signal = new AbortController().signal) => ({ timeoutMs, signal })
const post = (
  target: string,
  { secret = null as string | null, limits = call(), ca = undefined as string | undefined } = {},
) => sendWebhook({ kind: 'webhook', target, secret }, message, { ...rules, ...(ca && { ca }) }, limits)

describe('what is sent', () => {
  test('is one POST of JSON with the one text, the facts, and an id that a receiver can remember', async () => {
    const { url, heard } = await receiver(says(204))
    expect(await post(url)).toEqual({ kind: 'delivered', responseCode: 204, says: null })
    expect(heard).toHaveLength(1)
    const { headers, raw } = heard[0]!
    expect(headers['homeport-delivery']).toBe(message.deliveryId)
    expect(headers['homeport-signature']).toBeUndefined()
    expect(JSON.parse(raw)).toEqual({
      delivery_id: message.deliveryId,
      topic: 'request.waiting',
      text: `${message.text} ${message.url}`,
      url: message.url,
      object_id: message.objectId,
      occurred_at: message.occurredAt,
      count: 1,
      plan_hash: 'a'.repeat(64),
      state: 'waiting',
      expires_at: '2026-11-20T03:24:00.000Z',
    })
  })

  test('is signed over the raw body and the time, with the channel’s secret', async () => {
    const { url, heard } = await receiver(says(200))
    await post(url, { secret: 'correct horse' })
    const { headers, raw } = heard[0]!
    const [, at, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['homeport-signature'])) ?? []
    expect(createHmac('sha256', 'correct horse').update(`${at}.${raw}`).digest('hex')).toBe(mac)
    expect(Math.abs(Number(at) - Date.now() / 1_000)).toBeLessThan(10)
    expect(createHmac('sha256', 'correct horse').update(`${at}.${raw} `).digest('hex')).not.toBe(mac)
  })

  test('goes by TLS to a receiver whose certificate is trusted, and to no other', async () => {
    const { url, heard } = await receiver(says(200), { isTls: true })
    expect(await post(url, { ca: TEST_CERTIFICATE })).toMatchObject({ kind: 'delivered' })
    expect(await post(url)).toMatchObject({ kind: 'failed', isFinal: false, says: expect.stringContaining('CERT') })
    expect(heard).toHaveLength(1)
  })
})

describe('a receiver that is not well', () => {
  test.each<[string, Answer, object]>([
    ['fails', says(500), { kind: 'failed', responseCode: 500, isFinal: false, says: 'It answered 500.' }],
    ['is being deployed', says(404), { kind: 'failed', responseCode: 404, isFinal: false }],
    [
      'has too much to do',
      says(429, { 'retry-after': '30' }),
      { kind: 'failed', responseCode: 429, retryAfterMs: 30_000 },
    ],
    ['asks for patience without end', says(503, { 'retry-after': '999999' }), { retryAfterMs: 900_000 }],
    ['is gone for good', says(410), { kind: 'failed', responseCode: 410, isFinal: true }],
    [
      'sends us elsewhere',
      says(302, { location: 'http://169.254.169.254/latest/meta-data' }),
      { kind: 'failed', responseCode: 302, says: expect.stringContaining('redirects are not followed') },
    ],
    ['answers without end', (response) => void endless(response), { kind: 'delivered', responseCode: 200 }],
    ['says nothing', () => {}, { kind: 'failed', says: 'No answer within 300 ms.' }],
    [
      'begins and hangs',
      (response) => void response.writeHead(200).write('a'),
      { kind: 'delivered', responseCode: 200 },
    ],
    ['hangs up', (response) => void response.destroy(), { kind: 'failed', isFinal: false }],
  ])('that %s', async (_what, answer, expected) => {
    const { url, heard } = await receiver(answer)
    const startedMs = performance.now()
    expect(await post(url, { limits: call(300) })).toMatchObject(expected)
    expect(heard, 'asked once').toHaveLength(1)
    expect(performance.now() - startedMs, 'within its deadline').toBeLessThan(1_500)
  })

  test.each<[string, Parameters<typeof startTalker>[0]]>([
    ['garbage', (socket) => void socket.end('220 I am a mail server\r\n')],
    ['headers without end', (socket) => void dripHeaders(socket)],
    ['nothing', () => {}],
  ])('speaks %s', async (_what, talk) => {
    expect(await post(await talker(talk), { limits: call(300) })).toMatchObject({ kind: 'failed', isFinal: false })
  })

  test('listens no more', async () => {
    expect(await post(`http://127.0.0.1:${await closedPort()}/`)).toMatchObject({
      kind: 'failed',
      isFinal: false,
      says: 'It could not be reached: ECONNREFUSED.',
    })
  })

  test('is let go of when the worker stops', async () => {
    const stopping = new AbortController()
    const { url } = await receiver(() => stopping.abort())
    expect(await post(url, { limits: call(60_000, stopping.signal) })).toMatchObject({ kind: 'failed', isFinal: false })
  })
})

describe('where no message goes', () => {
  test.each([
    ['http://169.254.169.254/latest/meta-data', /link-local/],
    ['http://[::ffff:169.254.169.254]/', /link-local/],
    ['https://[fd00:ec2::254]/', /link-local/],
    ['https://[64:ff9b::a9fe:a9fe]/', /link-local/],
    ['https://0.0.0.0/', /link-local/],
    ['http://0x7f.1.2/', /.*/], // the URL parser makes it 127.1.0.2: this machine
    ['http://10.0.0.7/hook', /plain http is for this one/],
    ['http://hooks.example/x', /https only/],
    ['https://user:secret@hooks.example/x', /password does not belong/],
    ['file:///etc/passwd', /not an http or https URL/],
    ['gopher://localhost/', /not an http or https URL/],
    ['no url at all', /not an http or https URL/],
  ])('%s', (target, why) => {
    const says = whyNotWebhook(target, rules)
    if (target === 'http://0x7f.1.2/') expect(says).toBeNull()
    else expect(says).toMatch(why)
  })

  test('and is refused for good, without a connection', async () => {
    expect(await post('http://169.254.169.254/')).toMatchObject({ kind: 'failed', isFinal: true })
  })

  test('a host that is configured may be another machine without TLS, a metadata service never', () => {
    const configured = { plainHosts: ['10.0.0.7:8080', '169.254.169.254'] }
    expect(whyNotWebhook('http://10.0.0.7:8080/hook', configured)).toBeNull()
    expect(whyNotWebhook('http://10.0.0.7/hook', configured)).toMatch(/plain http/)
    expect(whyNotWebhook('http://169.254.169.254/', configured)).toMatch(/link-local/)
  })

  test('the address that a name leads to is judged when it is connected to', () => {
    expect(whyNotAddress('127.0.0.1', { isPlain: true })).toBeNull()
    expect(whyNotAddress('::1', { isPlain: true })).toBeNull()
    expect(whyNotAddress('93.184.216.34', { isPlain: false })).toBeNull()
    for (const address of ['169.254.1.1', '100.100.100.200', '168.63.129.16', 'fe80::1', '::', '2002:a9fe:a9fe::'])
      expect(whyNotAddress(address, { isPlain: false }), address).toMatch(/link-local/)
  })
})

function endless(response: Parameters<Answer>[0]): void {
  response.writeHead(200)
  const chunk = 'x'.repeat(64 * 1024)
  const write = () => {
    while (!response.destroyed && response.write(chunk));
  }
  response.on('drain', write)
  write()
}

function dripHeaders(socket: Parameters<Parameters<typeof startTalker>[0]>[0]): void {
  socket.write('HTTP/1.1 200 OK\r\n')
  const timer = setInterval(() => socket.write('x: y\r\n'), 20)
  socket.on('close', () => clearInterval(timer))
}
