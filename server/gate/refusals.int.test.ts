import { randomUUID } from 'node:crypto'
import type { Client, DatabaseError } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RefusalCode, refusals } from '@/model/refusals'
import { startServer, type TestServer } from '@/server/fleet/testing'
import { openGate, setTenantGate } from './index'
import {
  beginCommand,
  createGatedDatabase,
  EPOCH,
  type GatedDatabase,
  insertRecord,
  LOCK_TIMEOUT_MS,
  REGION,
  REGION_EPOCH,
  runCommand,
} from './testing'
import { attemptCanary, fenceGate, freezeGate, thawGate } from './testing-commands'

let server: TestServer
let gated: GatedDatabase
let app: Client

beforeAll(async () => {
  server = await startServer()
  gated = await createGatedDatabase(server)
  app = await gated.connect('app')
})
afterAll(async () => {
  await gated?.close()
  await server?.stop()
})

test('the package and the model give each refusal the same SQLSTATE', async () => {
  for (const code of Object.keys(refusals) as RefusalCode[]) {
    if (code === 'CATALOG_UNAVAILABLE') continue // said by routers, never by a cell
    const error = await gated.admin
      .query('SELECT homeport.refuse($1, $2)', [code, 'detail'])
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ message: code, code: refusals[code].sqlstate, detail: 'detail' })
  }
})

describe('a command is admitted', () => {
  test('when it carries both epochs, for each kind of write', async () => {
    const id = `(SELECT max(id) FROM record)`
    for (const sql of [
      insertRecord(gated.tenantId),
      `UPDATE record SET body = 'changed' WHERE id = ${id}`,
      `DELETE FROM record WHERE id = ${id}`,
    ]) {
      expect(await runCommand(app, sql), sql).toBe('done')
    }
  })

  test('by the scope alone on the canary and the heartbeat', async () => {
    expect(await attemptCanary(app, { operationId: randomUUID(), scopeEpoch: EPOCH })).toEqual({ kind: 'accepted' })
    const beat = `INSERT INTO homeport.heartbeat (vantage, at, seq) VALUES ('eu-central-1', now(), 1) ON CONFLICT (vantage) DO UPDATE SET at = excluded.at, seq = homeport.heartbeat.seq + 1`
    expect(await runCommand(app, beat, { regionEpoch: '' })).toBe('done')
    expect(await runCommand(app, beat, { regionEpoch: '' })).toBe('done')
    expect(await runCommand(app, beat, { scopeEpoch: String(EPOCH - 1) })).toBe('STALE_SCOPE_EPOCH')
  })

  test('when the epochs were set for the session instead of the transaction', async () => {
    const session = await gated.connect('app')
    await session.query(`SET homeport.scope_epoch = '${EPOCH}'; SET homeport.region_epoch = '${REGION_EPOCH}'`)
    await session.query(insertRecord(gated.tenantId))
  })
})

describe('a command is refused', () => {
  test.each([
    ['an old write epoch', { scopeEpoch: String(EPOCH - 1) }, 'STALE_SCOPE_EPOCH'],
    ['a write epoch of the future', { scopeEpoch: String(EPOCH + 1) }, 'STALE_SCOPE_EPOCH'],
    ['no write epoch', { scopeEpoch: '' }, 'STALE_SCOPE_EPOCH'],
    ['a write epoch that is no number', { scopeEpoch: 'x' }, 'STALE_SCOPE_EPOCH'],
    ['an old region epoch', { regionEpoch: String(REGION_EPOCH - 1) }, 'STALE_REGION_EPOCH'],
    ['no region epoch', { regionEpoch: '' }, 'STALE_REGION_EPOCH'],
  ] as const)('for %s', async (_, epochs, code) => {
    for (const sql of [insertRecord(gated.tenantId), `UPDATE record SET body = body`, `DELETE FROM record`]) {
      expect(await runCommand(app, sql, epochs), sql).toBe(code)
    }
  })

  test('with a sentence of what to do when the session never named an epoch', async () => {
    const session = await gated.connect('app')
    const error = await session.query(insertRecord(gated.tenantId)).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ message: 'STALE_SCOPE_EPOCH', detail: 'The command carries no write epoch.' })
    expect((error as DatabaseError).hint).toContain('SET LOCAL homeport.scope_epoch')
  })

  test('for a stale epoch even when it would have found no row', async () => {
    expect(await runCommand(app, 'UPDATE record SET body = body WHERE false', { scopeEpoch: '1' })).toBe(
      'STALE_SCOPE_EPOCH',
    )
    expect(await runCommand(app, 'DELETE FROM record WHERE false', { scopeEpoch: '1' })).toBe('STALE_SCOPE_EPOCH')
  })

  test('for TRUNCATE, which names no tenant', async () => {
    expect(await runCommand(app, 'TRUNCATE record')).toBe('STALE_REGION_EPOCH')
    expect(await runCommand(app, 'TRUNCATE record', { scopeEpoch: '1' })).toBe('STALE_SCOPE_EPOCH')
  })

  test('for a tenant that is not here, or none', async () => {
    expect(await runCommand(app, insertRecord(randomUUID()))).toBe('WRONG_REGION')
    expect(await runCommand(app, 'INSERT INTO record (tenant_id, body) VALUES (NULL, NULL)')).toBe('WRONG_REGION')
  })

  test.each([
    ['TENANT_FROZEN', { status: 'FROZEN' }, 'is frozen'],
    ['TENANT_SUSPENDED', { status: 'SUSPENDED' }, 'is suspended'],
    ['ENTITY_MOVED', { status: 'MOVED', movedTo: 'eu-central-1' }, 'moved to eu-central-1'],
  ] as const)('by %s', async (code, change, detail) => {
    const tenantId = randomUUID()
    await setTenantGate(gated.admin, {
      tenantId,
      regionEpoch: REGION_EPOCH,
      status: 'ACTIVE',
      lockTimeoutMs: LOCK_TIMEOUT_MS,
    })
    expect(await runCommand(app, insertRecord(tenantId))).toBe('done')
    await setTenantGate(gated.admin, {
      tenantId,
      regionEpoch: REGION_EPOCH + 1,
      lockTimeoutMs: LOCK_TIMEOUT_MS,
      ...change,
    })
    for (const sql of [
      insertRecord(tenantId),
      `UPDATE record SET body = body WHERE tenant_id = '${tenantId}'`,
      `DELETE FROM record WHERE tenant_id = '${tenantId}'`,
    ]) {
      expect(await runCommand(app, sql), sql).toBe(code)
    }
    await beginCommand(app)
    await expect(app.query(insertRecord(tenantId))).rejects.toMatchObject({ detail: expect.stringContaining(detail) })
    await app.query('ROLLBACK')
    expect(await runCommand(app, insertRecord(gated.tenantId)), 'another tenant').toBe('done')
  })

  test('when an UPDATE would give a row to, or take it from, a tenant that may not be written', async () => {
    const frozen = randomUUID()
    const place = { tenantId: frozen, regionEpoch: REGION_EPOCH, lockTimeoutMs: LOCK_TIMEOUT_MS }
    await setTenantGate(gated.admin, { ...place, status: 'ACTIVE' })
    expect(await runCommand(app, insertRecord(frozen))).toBe('done')
    await setTenantGate(gated.admin, { ...place, status: 'FROZEN' })
    expect(
      await runCommand(app, `UPDATE record SET tenant_id = '${frozen}' WHERE tenant_id = '${gated.tenantId}'`),
    ).toBe('TENANT_FROZEN')
    expect(
      await runCommand(app, `UPDATE record SET tenant_id = '${gated.tenantId}' WHERE tenant_id = '${frozen}'`),
    ).toBe('TENANT_FROZEN')
  })

  test('when its write lease has run out, and admitted while it lasts', async () => {
    await gated.admin.query(`UPDATE homeport.write_gate SET lease_until = clock_timestamp() + interval '1 hour'`)
    expect(await runCommand(app, insertRecord(gated.tenantId))).toBe('done')
    expect(await runCommand(app, insertRecord(gated.tenantId), { scopeEpoch: '1' })).toBe('STALE_SCOPE_EPOCH')
    await gated.admin.query(`UPDATE homeport.write_gate SET lease_until = clock_timestamp() - interval '1 ms'`)
    expect(await runCommand(app, insertRecord(gated.tenantId))).toBe('REGION_READ_ONLY')
    await gated.admin.query('UPDATE homeport.write_gate SET lease_until = NULL')
    expect(await runCommand(app, insertRecord(gated.tenantId))).toBe('done')
  })
})

test('renewing a lease waits for no writer', async () => {
  await gated.admin.query(`UPDATE homeport.write_gate SET lease_until = clock_timestamp() + interval '1 hour'`)
  await beginCommand(app)
  await app.query(insertRecord(gated.tenantId))
  await gated.admin.query(
    `SET lock_timeout = '200ms'; UPDATE homeport.write_gate SET lease_until = clock_timestamp() + interval '2 hours'; RESET lock_timeout`,
  )
  await app.query('COMMIT')
  await gated.admin.query('UPDATE homeport.write_gate SET lease_until = NULL')
})

test('a thaw that comes before its freeze shuts the freeze out and leaves the gate open', async () => {
  const change = { ...gated.opened, operationId: randomUUID() }
  await thawGate(gated.admin, change)
  await expect(freezeGate(gated.admin, change)).rejects.toThrow('STATUS_CONFLICT')
  expect(await runCommand(app, insertRecord(gated.tenantId))).toBe('done')
})

test('a frozen, a fenced and a reopened gate answer for themselves', async () => {
  const operationId = randomUUID()
  const change = { ...gated.opened, operationId }
  await freezeGate(gated.admin, change)
  expect(await runCommand(app, insertRecord(gated.tenantId))).toBe('REGION_READ_ONLY')
  expect(await attemptCanary(app, { operationId, scopeEpoch: EPOCH })).toMatchObject({
    kind: 'refused',
    code: 'REGION_READ_ONLY',
    sqlstate: 'HP005',
    detail: expect.stringContaining('FROZEN'),
  })
  await thawGate(gated.admin, change)
  expect(await runCommand(app, insertRecord(gated.tenantId))).toBe('done')
  await expect(freezeGate(gated.admin, change), 'a freeze that arrives after its thaw').rejects.toThrow(
    'STATUS_CONFLICT',
  )

  await fenceGate(gated.admin, { ...change, epoch: EPOCH + 1 })
  for (const scopeEpoch of [EPOCH, EPOCH + 1]) {
    expect(await attemptCanary(app, { operationId, scopeEpoch })).toMatchObject({
      code: 'REGION_READ_ONLY',
      detail: expect.stringContaining('FENCED'),
    })
  }
  await openGate(gated.admin, { ...change, operationId: randomUUID(), epoch: EPOCH + 2, region: REGION })
  expect(await attemptCanary(app, { operationId, scopeEpoch: EPOCH })).toMatchObject({ code: 'STALE_SCOPE_EPOCH' })
  expect(await attemptCanary(app, { operationId, scopeEpoch: EPOCH + 2 })).toEqual({ kind: 'accepted' })
})
