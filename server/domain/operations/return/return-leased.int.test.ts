import { afterAll, beforeAll, expect, test } from 'vitest'
import { startOperationWorker } from '@/server/workflows'
import { waitForStatus } from '@/server/workflows/testing/wait-for'
import { attendReturns } from '../../stale-servers'
import { ForcedCell } from '../forced/testing-forced'
import { workflows } from '../kinds'
import { RogueClient } from './testing-rogue'

const WRITE_LEASE_MS = 3_000
const ROGUE_IDS = 1_000_000_000
/** A client is turned away this often before it is believed that nobody gets through. */
const REFUSALS_MIN = 20

let cell: ForcedCell
const end = new AbortController()
let working: Promise<unknown> = Promise.resolve()
let rogue: RogueClient | null = null

beforeAll(async () => {
  cell = await ForcedCell.start({ writeLeaseMs: WRITE_LEASE_MS })
})
afterAll(async () => {
  await rogue?.stop()
  end.abort()
  await working
  await cell?.stop()
})

function work({ attends }: { attends: boolean }): Promise<unknown> {
  const { deps } = cell
  const common = {
    db: cell.db,
    homeRegion: deps.vantageRegion,
    workerName: attends ? 'worker-2' : 'worker-1',
    signal: end.signal,
  }
  return Promise.all([
    startOperationWorker({ ...common, workflows, deps, pollMs: 50 }).done,
    attends ? attendReturns({ ...common, engine: deps.engine, endpointOf: deps.endpointOf }) : null,
  ])
}

test('a former primary whose lease ran out takes no write when it returns, attended to or not', {
  timeout: 240_000,
}, async () => {
  await cell.heal()
  cell.hasAgent = false
  const { source } = await cell.roles()
  const { epoch } = await cell.base.epochRow()
  const member = cell.base.cell.fleet.member(source)
  cell.vantages = 'console'
  cell.setLink('cut')
  working = work({ attends: false })
  const operationId = await cell.enqueue({}, 'ServerUnreachable')
  const { status } = await waitForStatus(cell.db, operationId, 'done', 'undone', 'needs-human')
  expect(status).toBe('done')
  expect(await cell.db.fenceReceipt.findFirstOrThrow({ where: { operationId } })).toMatchObject({
    strength: 'LEASE_EXPIRED',
  })

  await member.kill()
  await member.start() // back as it was, and for now nobody attends to it
  const client = new RogueClient({ dsn: member.appDsn, tenantId: cell.base.tenantId, epoch, firstId: ROGUE_IDS })
  rogue = client
  await cell.until('the gate to turn a client away', async () => client.refusedCount >= REFUSALS_MIN)
  expect(client.accepted, 'taken by a server whose lease is over').toEqual([])

  cell.setLink('up')
  const attending = work({ attends: true })
  working = Promise.all([working, attending])
  await cell.until('it to be read out', async () => {
    const row = await cell.db.staleServer.findFirstOrThrow({ where: { operationId } })
    return row.status === 'extracted'
  })
  await client.stop()
  expect(client.accepted).toEqual([])
})
