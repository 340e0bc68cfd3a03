import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { catalogNow } from '@/server/db'
import { type CalmCatalog, startCalmCatalog } from '../testing-catalog'
import { AGENT_CHECK } from '../world/read-members'
import { recordAgents } from './watch-agents'

const MEMBERS = 80
const GIVES_UP_MS = 20_000
const vantage = { vantageRegion: 'eu-west-1', signal: new AbortController().signal }
const ready = { isReady: true, says: 'The switch answers.' }

let catalog: CalmCatalog
let ids: string[]
beforeAll(async () => {
  catalog = await startCalmCatalog()
  await catalog.db.cellMember.createMany({
    data: Array.from({ length: MEMBERS }, (_, n) => ({
      id: `sin-more-${n}`,
      cellId: 'sin',
      regionCode: 'ap-southeast-2',
      host: '127.0.0.1',
      port: 10 + n,
    })),
  })
  ids = (await catalog.db.cellMember.findMany({ orderBy: { id: 'asc' } })).map((member) => member.id)
})
afterAll(() => catalog?.stop())
afterEach(async () => {
  vi.useRealTimers()
  await catalog.db.readinessEvidence.deleteMany()
})

const agentThat = (check: (member: string) => Promise<typeof ready>) => ({ describes: 'switch', check })
const recorded = async () =>
  (await catalog.db.readinessEvidence.findMany({ orderBy: { check: 'asc' } })).map(({ check }) =>
    check.slice(AGENT_CHECK.length),
  )

test('an agent that does not answer holds up no other', { timeout: GIVES_UP_MS }, async () => {
  const asked = new Set<string>()
  let release = () => {}
  const othersAsked = new Promise<void>((resolve) => {
    release = resolve
  })
  const agent = agentThat(async (member) => {
    asked.add(member)
    if (asked.size === ids.length) release()
    if (member === ids[0]) await othersAsked
    return ready
  })
  await recordAgents(catalog.db, agent, vantage)
  expect(await recorded()).toEqual(ids)
})

test('one answer that cannot be had or kept costs no other', async () => {
  const agent = agentThat(async (member) => {
    if (member === ids[0]) throw new Error('Nothing came of it.')
    return member === ids[1] ? { isReady: true, says: 'Not to be kept: \u0000' } : ready
  })
  await recordAgents(catalog.db, agent, vantage)
  expect(await recorded()).toEqual(ids.slice(2))
})

test('an answer is dated by the catalog, however wrong the clock of the worker', async () => {
  const before = await catalogNow(catalog.db)
  vi.useFakeTimers({ toFake: ['Date'], now: before.getTime() - 600_000 })
  await recordAgents(
    catalog.db,
    agentThat(async () => ready),
    vantage,
  )
  const { checkedAt, provenAt } = await catalog.db.readinessEvidence.findFirstOrThrow()
  expect(checkedAt.getTime()).toBeGreaterThanOrEqual(before.getTime())
  expect(checkedAt.getTime()).toBeLessThanOrEqual((await catalogNow(catalog.db)).getTime())
  expect(provenAt).toEqual(checkedAt)
})

test('what our own stop cut short says nothing about an agent', async () => {
  const stop = new AbortController()
  const agent = agentThat(async () => {
    stop.abort()
    return { isReady: false, says: 'The call was given up.' }
  })
  await recordAgents(catalog.db, agent, { ...vantage, signal: stop.signal })
  expect(await recorded()).toEqual([])
})
