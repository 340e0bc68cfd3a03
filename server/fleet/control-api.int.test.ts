import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CONTROL_FILE, connectFleet, FleetClient } from './client'
import { type ControlApi, openControlApi } from './control-api'
import { startCell, type TestCell } from './testing'

const call = { timeoutMs: 30_000 }
let cell: TestCell
let api: ControlApi
let client: FleetClient

beforeAll(async () => {
  cell = await startCell({ primary: 'eu-central-1', standbys: ['eu-west-1'] }, { name: 'fra' })
  api = await openControlApi(cell.fleet)
  client = await connectFleet(cell.fleet.dataDir)
})

afterAll(async () => {
  await api?.close()
  await cell?.stop()
})

test('status over the wire is the status', async () => {
  const status = await client.status(call)
  expect(status).toEqual(await cell.fleet.status())
  expect(status.members.map(({ name, role, power }) => [name, role, power])).toEqual([
    ['fra-1', 'primary', 'on'],
    ['fra-2', 'standby', 'on'],
  ])
})

test('the power switch and the links', async () => {
  expect(await client.power('fra-2', 'freeze', call)).toMatchObject({
    member: 'fra-2',
    action: 'freeze',
    power: 'frozen',
  })
  expect(await client.power('fra-2', 'start', call)).toMatchObject({ power: 'on' })
  expect(await client.power('fra-2', 'kill', call)).toMatchObject({ power: 'off' })
  expect(await client.power('fra-2', 'kill', call)).toMatchObject({ power: 'off', pid: null })
  await expect(client.power('fra-2', 'freeze', call)).rejects.toMatchObject({ code: 'conflict' })
  expect(await client.power('fra-2', 'start', call)).toMatchObject({ power: 'on' })
  expect(await client.link('eu-west-1', 'eu-central-1', 'cut', call)).toMatchObject({ state: 'cut' })
  expect(await client.lag('eu-west-1', 'eu-central-1', 25, call)).toMatchObject({
    state: 'cut',
    lagMs: 25,
    delayMs: 25,
  })
  expect(await client.link('eu-west-1', 'eu-central-1', 'heal', call)).toMatchObject({ state: 'up', lagMs: 0 })
  const order = { source: 'fra-1', operationId: 'over-the-wire' }
  expect(await client.rebuild('fra-2', order, call)).toEqual(await client.rebuild('fra-2', order, call))
})

test.each([
  ['POST', '/members/nobody/kill', '', 404],
  ['POST', '/members/fra-1/explode', '', 400],
  ['POST', '/members/fra-1/freeze', '{"only":"backends"}', 400],
  ['POST', '/members/fra-1/rebuild', '{}', 400],
  ['POST', '/members/fra-1/rebuild', 'not json', 400],
  ['POST', '/members/%E0%A4%A/kill', '', 400],
  ['POST', '/members/fra-1/kill', 'x'.repeat(20_000), 400],
  ['POST', '/links/eu-west-1/mars-1/cut', '', 404],
  ['POST', '/links/eu-west-1/eu-west-1/cut', '', 400],
  ['POST', '/links/eu-west-1/eu-central-1/lag', '{"ms":-1}', 400],
  ['POST', '/links/eu-west-1/eu-central-1/lag', '{"ms":1e9}', 400],
  ['GET', '/members/fra-1/kill', '', 404],
  ['GET', '/', '', 404],
])('%s %s is refused with a sentence', async (method, url, body, status) => {
  const response = await send(method, url, body, await token())
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({ error: { message: expect.stringMatching(/\.$|^✖/) } })
})

test('nothing is answered without the token, which only the owner of the data may read', async () => {
  for (const wrong of [undefined, 'wrong'])
    expect((await send('POST', '/members/fra-1/kill', '', wrong)).status).toBe(401)
  expect((await stat(join(cell.fleet.dataDir, CONTROL_FILE))).mode & 0o777).toBe(0o600)
  expect((await stat(join(cell.fleet.dataDir, 'fleet-secrets.json'))).mode & 0o777).toBe(0o600)
})

test('where no fleet runs, the client says so', async () => {
  await expect(connectFleet('/nowhere')).rejects.toMatchObject({ code: 'not-running' })
  const gone = new FleetClient({ url: 'http://127.0.0.1:9', token: '' }, '/nowhere')
  await expect(gone.status(call)).rejects.toMatchObject({ code: 'not-running' })
})

async function token(): Promise<string> {
  return (JSON.parse(await readFile(join(cell.fleet.dataDir, CONTROL_FILE), 'utf8')) as { token: string }).token
}

function send(method: string, url: string, body: string, bearer: string | undefined): Promise<Response> {
  return fetch(api.url + url, {
    method,
    body: method === 'POST' ? body : undefined,
    headers: bearer ? { authorization: `Bearer ${bearer}` } : {},
  })
}
