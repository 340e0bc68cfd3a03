import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, expect, test } from 'vitest'
import { CALL_TIMEOUT_MS, createConsoleClient } from './console-client'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const TENANT = '0190f000-0000-7000-8000-000000000001'
const GIVEN_UP_WITHIN_MS = CALL_TIMEOUT_MS + 10_000

let stop = () => {}
afterEach(() => stop())

async function consoleThat(answers: RequestListener) {
  const server = createServer(answers).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stop = () => {
    server.closeAllConnections()
    server.close()
  }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return createConsoleClient({ url, token: 'test' })
}

test.each<[string, RequestListener]>([
  ['never answers', () => {}],
  ['stops in the middle of its answer', (_, response) => response.writeHead(200).write('{"tenantId":')],
])(
  'a console that %s is given up in time, whatever is collected as garbage meanwhile',
  async (_, answers) => {
    const client = await consoleThat(answers)
    const collecting = setInterval(collectGarbage, 50)
    try {
      await expect(client.resolve(TENANT, new AbortController().signal)).rejects.toThrow(/timeout/i)
    } finally {
      clearInterval(collecting)
    }
  },
  GIVEN_UP_WITHIN_MS,
)

test('a refusal is told with its status, and without the address of the tenant', async () => {
  const client = await consoleThat((_, response) => response.writeHead(403).end('{}'))
  const refused = client.resolve(TENANT, new AbortController().signal)
  await expect(refused).rejects.toThrow('The console answered 403 to /api/v1/route.')
})
