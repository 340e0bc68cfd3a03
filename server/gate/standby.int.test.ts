import { randomUUID } from 'node:crypto'
import type { Client } from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startCell, type TestCell } from '@/server/fleet/testing'
import { openGate, readGate } from './index'
import {
  beginCommand,
  connectTo,
  countRecords,
  EPOCH,
  insertRecord,
  LOCK_TIMEOUT_MS,
  outcomeFrom,
  prepareGatedTable,
  REGION,
  runCommand,
  SCOPE,
} from './testing'
import { attemptCanary, fenceGate, freezeGate, listWritersInFlight, terminateWriters } from './testing-commands'

const STANDBY_REGION = 'eu-central-1'
const change = (epoch: number) => ({ scope: SCOPE, epoch, operationId: randomUUID(), lockTimeoutMs: LOCK_TIMEOUT_MS })

let cell: TestCell
let sessions: Client[]
let primary: Client
let tenantId: string

beforeEach(async () => {
  sessions = []
  cell = await startCell({ primary: REGION, standbys: [STANDBY_REGION] })
  primary = await connect(cell.primary.adminDsn)
  tenantId = await prepareGatedTable(primary, change(EPOCH))
})
afterEach(async () => {
  await Promise.all(sessions.map((session) => session.end().catch(() => undefined)))
  await cell?.stop()
})

test('a commit that waits for a lost standby holds the fence up; ended, it is reported and becomes visible (M8, M9)', async () => {
  await primary.query(`ALTER SYSTEM SET synchronous_standby_names = '*'`)
  await primary.query('SELECT pg_reload_conf()')
  await cell.standbys[0]!.shutDown()
  const writer = await connect(cell.primary.appDsn)
  await beginCommand(writer)
  await writer.query(`SET LOCAL statement_timeout = '300ms'`) // bounds no such wait
  await writer.query(insertRecord(tenantId))
  const commit = writer.query('COMMIT').catch(() => 'the session was ended')
  await expect
    .poll(() => listWritersInFlight(primary))
    .toMatchObject([{ roleName: 'app', isWaitingForStandby: true, xid: expect.any(String) }])

  const frozen = { ...change(EPOCH), lockTimeoutMs: 300 }
  expect(await outcomeFrom(freezeGate(primary, frozen))).toBe('SQLSTATE 55P03')
  expect(await countRecords(primary)).toBe(0)

  // Ending it publishes a row that never left this server: the report names the transaction, so that it can be accounted for.
  const [terminated] = await terminateWriters(primary)
  expect(terminated).toMatchObject({ isWaitingForStandby: true })
  await freezeGate(primary, { ...frozen, lockTimeoutMs: LOCK_TIMEOUT_MS }) // and does not itself wait for the standby
  await commit
  const { rows } = await primary.query<{ xid: string }>('SELECT xmin::text AS xid FROM record')
  expect(rows).toEqual([{ xid: terminated?.xid }])
})

test('a promoted standby is closed until it is opened at the next epoch, and the old primary stays closed (10, M14)', async () => {
  const fence = change(EPOCH + 1)
  await fenceGate(primary, fence)
  const { currentLsn } = await readGate(primary)
  const standby = await connect(cell.standbys[0]!.adminDsn)
  const app = await connect(cell.standbys[0]!.appDsn)

  await expect.poll(() => hasReplayed(standby, currentLsn)).toBe(true)
  expect(await readGate(standby)).toMatchObject({
    gate: { status: 'FENCED', epoch: EPOCH + 1, region: REGION },
    inRecovery: true,
    isAccepting: false,
    serverRegion: STANDBY_REGION,
    timeline: 1,
  })
  expect(
    await attemptCanary(app, { operationId: fence.operationId, scopeEpoch: EPOCH + 1 }),
    'a standby refuses by itself',
  ).toMatchObject({
    kind: 'refused',
    code: 'REGION_READ_ONLY',
    sqlstate: expect.stringMatching(/^(25006|0A000)$/),
  })

  await standby.query('SELECT pg_promote()')
  expect(await attemptCanary(app, { operationId: fence.operationId, scopeEpoch: EPOCH + 1 })).toMatchObject({
    code: 'WRONG_REGION',
    sqlstate: 'HP003',
  })
  expect(await readGate(standby)).toMatchObject({ inRecovery: false, isAccepting: false, timeline: 2 })
  await openGate(standby, { ...fence, region: STANDBY_REGION }) // the epoch of the fence, by the operation that fenced
  await openGate(standby, { ...fence, region: STANDBY_REGION })
  expect(await attemptCanary(app, { operationId: fence.operationId, scopeEpoch: EPOCH + 1 })).toEqual({
    kind: 'accepted',
  })

  await cell.primary.kill()
  await cell.primary.start()
  const returned = await connect(cell.primary.adminDsn)
  const oldApp = await connect(cell.primary.appDsn)
  for (const scopeEpoch of [EPOCH, EPOCH + 1]) {
    expect(await attemptCanary(oldApp, { operationId: fence.operationId, scopeEpoch })).toMatchObject({
      code: 'REGION_READ_ONLY',
      sqlstate: 'HP005',
    })
  }
  expect(await outcomeFrom(openGate(returned, { ...fence, region: REGION }))).toBe('STALE_SCOPE_EPOCH')
  expect(await runCommand(oldApp, insertRecord(tenantId), { scopeEpoch: String(EPOCH + 1) })).toBe('REGION_READ_ONLY')
})

test('a standby that is promoted behind the console’s back takes no write, though its copy of the gate is open', async () => {
  const standby = await connect(cell.standbys[0]!.adminDsn)
  const { currentLsn } = await readGate(primary)
  await expect.poll(() => hasReplayed(standby, currentLsn)).toBe(true)
  await standby.query('SELECT pg_promote()')
  const app = await connect(cell.standbys[0]!.appDsn)
  expect(await readGate(standby)).toMatchObject({ gate: { status: 'WRITABLE', epoch: EPOCH }, isAccepting: false })
  expect(await runCommand(app, insertRecord(tenantId))).toBe('WRONG_REGION')
  expect(await runCommand(await connect(cell.primary.appDsn), insertRecord(tenantId)), 'the rightful writer').toBe(
    'done',
  )
})

test('heartbeats are read on the standby', async () => {
  const app = await connect(cell.primary.appDsn)
  const beat = `INSERT INTO homeport.heartbeat (vantage, at, seq) VALUES ('${REGION}', clock_timestamp(), 1)`
  expect(await runCommand(app, beat)).toBe('done')
  const reader = await connect(cell.standbys[0]!.appDsn)
  await expect.poll(async () => (await reader.query('SELECT seq FROM homeport.heartbeat')).rowCount).toBe(1)
})

async function connect(dsn: string): Promise<Client> {
  const session = await connectTo(dsn)
  sessions.push(session)
  return session
}

async function hasReplayed(standby: Client, lsn: string | null): Promise<boolean> {
  const { rows } = await standby.query<{ has: boolean }>(
    'SELECT coalesce(pg_last_wal_replay_lsn() >= $1::pg_lsn, false) AS has',
    [lsn],
  )
  return rows[0]?.has ?? false
}
