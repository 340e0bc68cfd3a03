import { afterAll, beforeAll, expect, test } from 'vitest'
import { callRest, callTrpc, startConsole, type TestConsole } from './testing'

let web: TestConsole
let headers: Record<string, string>
beforeAll(async () => {
  web = await startConsole()
  headers = { cookie: await web.signIn('admin') }
})
afterAll(() => web?.stop())

const says = ({ status, body }: { status: number; body: unknown }) => [
  status,
  (body as { data: { says: string } }).data.says,
]

test.each([
  ['GET /readiness?cell=nope', 'cell'],
  ['GET /cells?region=eu-west-1', 'region'],
  ['GET /notifications/channels?kind=webhook', 'kind'],
])('%s is refused by the name of the field that nobody knows', async (address, field) => {
  expect(says(await callRest(web.process, address, { headers }))).toEqual([400, `Unrecognized key: "${field}"`])
})

test('a mistyped field plans nothing', async () => {
  const input = { cellId: 'syd', targetMembr: 'syd-99' }
  const asked = { path: 'switchovers.preview', type: 'mutation', input, headers } as const
  const { status, error } = await callTrpc(web.process, asked)
  expect([status, error?.message]).toEqual([400, 'Unrecognized key: "targetMembr"'])
})

test.each(['GET /readiness?cellId=nope', 'GET /drill-history?cellId=nope'])(
  '%s says that there is no such cell',
  async (address) => {
    expect(says(await callRest(web.process, address, { headers }))).toEqual([404, 'There is no cell nope.'])
  },
)

test('a call without an input takes none, or an empty one', async () => {
  for (const input of [undefined, {}]) {
    const { status } = await callTrpc(web.process, { path: 'cells.list', type: 'query', input, headers })
    expect(status).toBe(200)
  }
  expect((await callRest(web.process, 'GET /cells', { headers })).status).toBe(200)
})
