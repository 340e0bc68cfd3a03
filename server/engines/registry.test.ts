import { expect, test } from 'vitest'
import type { Endpoint } from './contract'
import { createEngines } from './registry'

const call = { timeoutMs: 100, signal: new AbortController().signal }
const account = { user: 'app', password: 'secret' }
const endpoint: Endpoint = {
  memberId: 'x-1',
  region: 'eu-west-1',
  vantageRegion: 'eu-west-1',
  host: '127.0.0.1',
  port: 1,
  database: 'app',
  admin: account,
  app: account,
}

test('knows PostgreSQL', async () => {
  const engines = createEngines()
  expect(engines.for('postgres')).toMatchObject({ kind: 'postgres', failover: { supported: true } })
  expect(engines.for('postgres')).toBe(engines.for('postgres'))
  await engines.close()
})

test('an engine that is not known can do nothing, and says so', async () => {
  const engines = createEngines()
  const adapter = engines.for('spanner')
  const reason = expect.stringContaining('"spanner"')
  expect(adapter.failover).toEqual({ supported: false, reason })
  expect(await adapter.observe(endpoint, 'cell:x', call)).toEqual({ reachable: false, detail: reason })
  const probe = await adapter.probe(endpoint, 'read', { scope: 'cell:x', epoch: 1n }, call)
  expect(probe).toEqual({ outcome: 'error', detail: reason, reach: null })
  await engines.close()
})

test('nothing is asked any more once it is closed', async () => {
  const engines = createEngines()
  const adapter = engines.for('postgres')
  await engines.close()
  expect(await adapter.observe(endpoint, 'cell:x', call)).toMatchObject({ reachable: false })
})
