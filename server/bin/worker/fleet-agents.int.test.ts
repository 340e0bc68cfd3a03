import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NotDone } from '@/server/engines/contract'
import { createPostgresAdapter } from '@/server/engines/postgres'
import { type ControlApi, openControlApi } from '@/server/fleet'
import { startFleet } from '@/server/fleet/testing'
import { connectFleetFencingAgent } from './fleet-fencing-agent'
import { connectHostAgent } from './host-agent'

/** The fleet as a worker knows it: over its control interface, with the three outcomes of the engine contract. */
const members = [
  { name: 'one-1', region: 'eu-west-1' },
  { name: 'one-2', region: 'eu-central-1' },
]
let started: Awaited<ReturnType<typeof startFleet>>
let api: ControlApi
const call = () => ({ timeoutMs: 60_000, signal: new AbortController().signal })
const failure = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  )

beforeAll(async () => {
  started = await startFleet(
    { cells: [{ name: 'one', kind: 'cell', database: 'app', members }] },
    { linkDelay: 'none' },
  )
  api = await openControlApi(started.fleet)
})
afterAll(async () => {
  await api?.close()
  await started?.stop()
})

test('power off is a receipt, its repeat the same one, and its release the way back', async () => {
  const agent = connectFleetFencingAgent(started.dataDir)
  const order = { operationId: randomUUID() }
  expect(await agent.check('one-1', call())).toEqual({ isReady: true, says: 'The fleet answers; one-1 is on.' })
  expect(await agent.check('nobody', call())).toMatchObject({ isReady: false })
  const receipt = await agent.powerOff('one-1', order, call())
  expect(receipt.offAt.getTime()).toBeLessThanOrEqual(Date.now())
  expect(receipt.evidence).toMatchObject({ pid: expect.any(Number), killedCount: expect.any(Number) })
  expect((await agent.powerOff('one-1', order, call())).offAt).toEqual(receipt.offAt)
  expect(await failure(agent.release('one-1', { operationId: randomUUID() }, call()))).toBeInstanceOf(NotDone)
  await agent.bringBackClosed('one-1', order, call())
  await agent.release('one-1', order, call())
  expect(await failure(agent.powerOff('one-1', order, call())), 'late').toBeInstanceOf(NotDone)
  expect((await started.fleet.member('one-1').power()).power).toBe('on')
})

test('a clone is an endpoint that the engine can ask', async () => {
  const host = connectHostAgent(started.dataDir)
  const order = { operationId: randomUUID() }
  const { endpoint, bytes } = await host.startClone('one-2', order, call())
  const adapter = createPostgresAdapter()
  const report = await adapter.observe(endpoint, 'cell:one', call())
  await adapter.close()
  expect(report).toMatchObject({
    reachable: true,
    role: 'primary',
    serverName: endpoint.memberId,
    serverRegion: 'eu-central-1',
  })
  expect(bytes).toBeGreaterThan(1_000_000)
  await host.discardClone(order, call())
  expect(await failure(host.startClone('one-1', { operationId: randomUUID() }, call())), 'a primary').toBeInstanceOf(
    NotDone,
  )
})

test('without a fleet nothing is ready, and nothing was done', async () => {
  const agent = connectFleetFencingAgent('/nowhere')
  expect(await agent.check('one-1', call())).toMatchObject({ isReady: false })
  expect(await failure(agent.powerOff('one-1', { operationId: randomUUID() }, call()))).toBeInstanceOf(NotDone)
})
