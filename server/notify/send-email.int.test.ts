import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, describe, expect, test } from 'vitest'
import type { OutgoingMessage } from '@/model/outgoing-message'
import { TEST_CERTIFICATE, TEST_KEY } from '@/server/outbound/testing-certificate'
import { type MailServer, parseMailServer, sendEmail } from './send-email'
import { closedPort, startTalker } from './testing'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
})

type Mail = { from: string; to: string[]; raw: string; isTls: boolean; user: string | undefined }

/** A real mail server; without TLS unless it is said otherwise. */
async function startMailServer(options: SMTPServerOptions = {}): Promise<{ port: number; mails: Mail[] }> {
  const mails: Mail[] = []
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    closeTimeout: 100,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        mails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('utf8'),
          isTls: Boolean(session.secure),
          user: session.user as string | undefined,
        })
        done()
      })
    },
    ...options,
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  stops.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return { port: (server.server.address() as AddressInfo).port, mails }
}

const message: OutgoingMessage = {
  deliveryId: '0190f000-0000-7000-8000-000000000001',
  attempt: 1,
  topic: 'alert.critical',
  text: '[DEMO] Two servers of fra take writes.',
  url: 'https://console.example/overview',
  objectId: '0190f000-0000-7000-8000-000000000002',
  occurredAt: '2026-11-20T03:16:00.000Z',
  facts: {},
  items: [],
  count: 1,
}
const serverAt = (port: number, change: Partial<MailServer> = {}): MailServer => ({
  host: '127.0.0.1',
  port,
  isImplicitTls: false,
  auth: null,
  from: 'homeport@console.example',
  ...change,
})
const call = (timeoutMs = 3_000, signal = new AbortController().signal) => ({ timeoutMs, signal })
const mail = (server: MailServer | null, { target = 'oncall@example.test', limits = call(), change = {} } = {}) =>
  sendEmail({ kind: 'email', target, secret: null }, { ...message, ...change }, server, limits)

describe('a mail', () => {
  test('has the text as its subject, the link below, and the thread of its object', async () => {
    const { port, mails } = await startMailServer()
    expect(await mail(serverAt(port), { target: 'oncall@example.test, boss@example.test' })).toEqual({
      kind: 'delivered',
      responseCode: 250,
      says: null,
    })
    expect(mails).toMatchObject([
      { from: 'homeport@console.example', to: ['oncall@example.test', 'boss@example.test'] },
    ])
    const { raw } = mails[0]!
    expect(raw).toContain(`Subject: ${message.text}`)
    expect(raw).toContain(`Message-ID: <${message.deliveryId}@console.example>`)
    expect(raw).toContain(`References: <${message.objectId}@console.example>`)
    expect(raw).toContain('Auto-Submitted: auto-generated')
    expect(raw).toContain(`\r\n${message.url}\r\n`)
  })

  test('of many news names the first ones and counts the rest', async () => {
    const { port, mails } = await startMailServer()
    const items = [1, 2].map((n) => ({ objectId: message.objectId, text: `Cell ${n} is dark.` }))
    await mail(serverAt(port), { change: { items, count: 1_000 } })
    expect(mails[0]!.raw).toContain('- Cell 1 is dark.\r\n- Cell 2 is dark.\r\n- and 998 more')
  })

  test('cannot be given another header by its text', async () => {
    const { port, mails } = await startMailServer()
    await mail(serverAt(port), { change: { text: 'All well\r\nBcc: thief@example.test\r\n\r\nNothing to see.' } })
    const [headers] = mails[0]!.raw.split('\r\n\r\n')
    expect(headers).not.toMatch(/^Bcc:/im)
    expect(mails[0]!.to).toEqual(['oncall@example.test'])
  })

  test('is refused by one of two addresses, and says so', async () => {
    const { port } = await startMailServer({
      onRcptTo: ({ address }, _session, done) => done(address.startsWith('gone') ? answer(550, 'No such user') : null),
    })
    expect(await mail(serverAt(port), { target: 'oncall@example.test,gone@example.test' })).toMatchObject({
      kind: 'delivered',
      says: 'Refused for 1 of 2 addresses.',
    })
    expect(await mail(serverAt(port), { target: 'gone@example.test' })).toMatchObject({
      isFinal: true,
      responseCode: 550,
    })
  })
})

describe('TLS', () => {
  const tls = { key: TEST_KEY, cert: TEST_CERTIFICATE }

  test('from the first byte, with a password that goes through it', async () => {
    const { port, mails } = await startMailServer({
      ...tls,
      secure: true,
      disabledCommands: [],
      onAuth: (auth, _session, done) =>
        auth.username === 'console' && auth.password === 'p@ss'
          ? done(null, { user: 'console' })
          : done(answer(535, 'No')),
    })
    const server = parseMailServer(`smtps://console:p%40ss@localhost:${port}`, 'homeport@console.example')!
    expect(await mail({ ...server, ca: TEST_CERTIFICATE })).toMatchObject({ kind: 'delivered' })
    expect(mails).toMatchObject([{ isTls: true, user: 'console' }])
    expect(await mail(server), 'a certificate that nobody vouches for').toMatchObject({ kind: 'failed' })
    const wrong = { ...server, auth: { user: 'console', pass: 'guess' }, ca: TEST_CERTIFICATE }
    expect(await mail(wrong)).toMatchObject({ kind: 'failed', responseCode: 535 })
    expect(mails).toHaveLength(1)
  })

  test('is used when a server on this machine offers it, and judged like any other', async () => {
    const { port, mails } = await startMailServer({ ...tls, disabledCommands: ['AUTH'] })
    expect(await mail(serverAt(port, { host: 'localhost', ca: TEST_CERTIFICATE }))).toMatchObject({ kind: 'delivered' })
    expect(mails).toMatchObject([{ isTls: true }])
    expect(await mail(serverAt(port, { host: 'localhost' }))).toMatchObject({ kind: 'failed' })
  })

  test('is insisted on towards another machine, even when that one does not offer it', async () => {
    const { port, mails } = await startMailServer()
    // This machine by another spelling, which is not believed: so it stands for another one.
    const elsewhere = serverAt(port, { host: '::ffff:127.0.0.1' })
    expect(await mail(elsewhere)).toMatchObject({ kind: 'failed', responseCode: 500 }) // its answer to STARTTLS
    expect(mails).toEqual([])
  })
})

describe('a mail server that is not well', () => {
  test('greylists: it is asked again later, not given up', async () => {
    const { port } = await startMailServer({ onRcptTo: (_to, _session, done) => done(answer(451, 'Come back later')) })
    expect(await mail(serverAt(port))).toEqual({
      kind: 'failed',
      says: 'The mail server asks to come back later (451).',
      responseCode: 451,
      isFinal: false,
      retryAfterMs: 60_000,
    })
  })

  test('refuses the message for good', async () => {
    const { port } = await startMailServer({
      onData: (stream, _session, done) => {
        stream.resume()
        stream.on('end', () => done(answer(554, 'Spam')))
      },
    })
    expect(await mail(serverAt(port))).toMatchObject({ kind: 'failed', responseCode: 554, isFinal: true })
  })

  test.each<[string, Parameters<typeof startTalker>[0]]>([
    ['never greets', () => {}],
    ['drips its greeting', (socket) => void drip(socket)],
    ['greets without end', (socket) => void flood(socket)],
    ['speaks something else', (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['hangs up', (socket) => void socket.destroy()],
  ])('%s', async (_what, talk) => {
    const talker = await startTalker(talk)
    stops.push(talker.stop)
    const startedMs = performance.now()
    expect(await mail(serverAt(talker.port), { limits: call(400) })).toMatchObject({ kind: 'failed', isFinal: false })
    expect(performance.now() - startedMs).toBeLessThan(2_000)
  })

  test('listens no more, or was never named', async () => {
    expect(await mail(serverAt(await closedPort()))).toMatchObject({ kind: 'failed', isFinal: false })
    expect(await mail(null)).toMatchObject({
      kind: 'failed',
      isFinal: true,
      says: expect.stringContaining('HOMEPORT_SMTP_URL'),
    })
  })
})

function answer(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode })
}

function drip(socket: Parameters<Parameters<typeof startTalker>[0]>[0]): void {
  const timer = setInterval(() => socket.write('2'), 20)
  socket.on('close', () => clearInterval(timer))
}

function flood(socket: Parameters<Parameters<typeof startTalker>[0]>[0]): void {
  const write = () => {
    while (!socket.destroyed && socket.write('220-hello '.repeat(1_000)));
  }
  socket.on('drain', write)
  write()
}
