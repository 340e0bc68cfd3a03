import { afterAll, beforeAll, expect, test } from 'vitest'
import { handleNothing, handleRest } from './handlers'
import { startConsole, type TestConsole } from './testing'

let web: TestConsole
let cookie: string
beforeAll(async () => {
  web = await startConsole()
  cookie = await web.signIn('operator')
})
afterAll(() => web?.stop())

const json = { 'content-type': 'application/json' }
const post = (path: string, body: string, headers: Record<string, string> = json) =>
  call('POST', path, { body, headers: { origin: web.origin, ...headers } })

function call(method: string, path: string, init: { body?: string; headers?: Record<string, string> } = {}) {
  const headers = { cookie, ...init.headers }
  return handleRest(new Request(`${web.origin}/api/v1${path}`, { ...init, method, headers }), web.process)
}

type Case = [string, () => Promise<Response>, { status: number; code: string; says: RegExp }]
const unknownId = '0190f5fe-7c00-7a00-8000-000000000001'
const cases: Case[] = [
  [
    'a body that is no JSON',
    () => post('/session/step-up', '{"code": }'),
    bad('PARSE_ERROR', /^The body is not JSON: .*}/),
  ],
  ['no body', () => post('/session/step-up', ''), bad('PARSE_ERROR', /^The body is not JSON: .*end of JSON input\.$/)],
  ['a field that is missing', () => post('/session/step-up', '{}'), bad('BAD_REQUEST', /^code: /)],
  [
    'a flag that is neither true nor false',
    () => post('/failovers/preview', '{"cellId":"sin","isBreakGlass":true,"isDeclared":"no"}'),
    bad('BAD_REQUEST', /^isDeclared: /),
  ],
  [
    'text',
    () => post('/session/step-up', 'x', { 'content-type': 'text/plain' }),
    {
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
      says: /^The body must be JSON: send it with content-type application\/json, not text\/plain\.$/,
    },
  ],
  [
    'an address that nothing has',
    () => call('GET', '/nothing'),
    { status: 404, code: 'NOT_FOUND', says: /^Nothing answers GET at this address: see \/api\/v1\/openapi\.json\.$/ },
  ],
  [
    'an address outside of REST',
    () => handleNothing(new Request(`${web.origin}/api/nothing`)),
    { status: 404, code: 'NOT_FOUND', says: /^Nothing has this address\.$/ },
  ],
  [
    'a request that does not exist',
    () => call('GET', `/requests/${unknownId}`),
    { status: 404, code: 'NOT_FOUND', says: /^There is no such request\.$/ },
  ],
  [
    'a method that no address has',
    () => call('PUT', '/cells', { headers: { origin: web.origin } }),
    { status: 405, code: 'METHOD_NOT_SUPPORTED', says: /^PUT is not understood here/ },
  ],
  [
    'too much',
    () => post('/session/step-up', 'x'.repeat(300_000)),
    { status: 413, code: 'PAYLOAD_TOO_LARGE', says: /larger than 256 kB/ },
  ],
  [
    'a foreign origin',
    () => post('/session/step-up', '{}', { ...json, origin: 'https://evil.example' }),
    { status: 403, code: 'FORBIDDEN', says: /another site/ },
  ],
]

function bad(code: string, says: RegExp) {
  return { status: 400, code, says }
}

test.each(cases)('%s is told by a message, a code and the id of the request', async (_, ask, expected) => {
  const answer = await ask()
  expect(answer.status).toBe(expected.status)
  expect(answer.headers.get('content-type')).toContain('application/json')
  expect(await answer.json()).toMatchObject({
    message: expect.stringMatching(expected.says),
    code: expected.code,
    data: { says: expect.stringMatching(expected.says), requestId: answer.headers.get('x-request-id') },
  })
  expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
})

test('the answer to a wrong method says which there are', async () => {
  const answer = await call('DELETE', '/cells', { headers: { origin: web.origin } })
  expect(answer.headers.get('allow')).toBe('GET, POST')
})
