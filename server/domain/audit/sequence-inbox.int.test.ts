import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '@/server/clock'
import type { Ctx } from '@/server/context'
import { type AuditEntry, appendAudit, type HeldLease, holdLease, transact } from '@/server/db'
import { startCatalog, type TestCatalog } from '@/server/db/testing'
import { exportAudit } from './export-audit'
import { getChainStatus } from './get-chain-status'
import { SEQUENCER_LEASE, sequenceInbox } from './sequence-inbox'
import { verifyBundle } from './verify-bundle'

const APPENDS = 1_000
const CONCURRENT = 20

let catalog: TestCatalog
let ctx: Ctx
beforeAll(async () => {
  catalog = await startCatalog()
  ctx = {
    db: catalog.db,
    clock: systemClock,
    principal: {
      kind: 'person',
      personId: randomUUID(),
      name: 'Test',
      roles: ['admin'],
      sessionId: 's',
      steppedUpAt: null,
    },
    requestId: 'test',
    servedFrom: 'eu-west-1',
  }
})
afterAll(() => catalog?.stop())

const takeLease = async (holder: string): Promise<HeldLease> => {
  const lease = await holdLease(catalog.db, { name: SEQUENCER_LEASE, holder, ttlMs: 60_000 })
  if (!lease) throw new Error('The lease is taken.')
  return lease
}

const eventOf = (note: string): AuditEntry => ({
  actor: { kind: 'worker', name: 'test' },
  action: 'estate.applied',
  aggregateType: 'estate',
  aggregateId: randomUUID(),
  homeRegion: 'eu-west-1',
  occurredAt: new Date(),
  detail: { note },
})

const append = (note: string) => transact(catalog.db, (tx) => appendAudit(tx, eventOf(note)))

async function appendMany(count: number): Promise<void> {
  const workers = Array.from({ length: CONCURRENT }, async (_, worker) => {
    for (let n = worker; n < count; n += CONCURRENT) await append(`event ${n}`)
  })
  await Promise.all(workers)
}

describe('the sequencer', () => {
  test('numbers concurrent appends densely, while they are still arriving, and the chain verifies', async () => {
    const lease = await takeLease('first')
    let arriving = true
    const appending = appendMany(APPENDS).finally(() => (arriving = false))
    while (arriving) await sequenceInbox(catalog.db, lease)
    await appending
    while ((await sequenceInbox(catalog.db, lease)) !== 0);
    expect(await catalog.db.auditInbox.count()).toBe(0)
    const bundle = await exportAudit(ctx, { fromSeq: '1' })
    expect(bundle).toMatchObject({ firstSeq: '1', lastSeq: String(APPENDS) })
    expect(verifyBundle(JSON.stringify(bundle))).toMatchObject({ ok: true, checkedCount: APPENDS })
    expect(await getChainStatus(ctx)).toMatchObject({ intact: true, checkedCount: APPENDS, inboxCount: 0 })
  })

  test('stops when its lease went to somebody else', async () => {
    const old = await takeLease('first')
    await catalog.db.$executeRaw`UPDATE lease SET until = now() - interval '1 second'`
    const current = await takeLease('second')
    expect(current.epoch).toBeGreaterThan(old.epoch)
    await append('late')
    expect(await sequenceInbox(catalog.db, old)).toBeNull()
    expect(await sequenceInbox(catalog.db, current)).toBe(1)
  })

  test('puts what waited for another change after that change, whoever began first', async () => {
    const lease = await takeLease('second')
    await transact(catalog.db, async (tx) => {
      await tx.$queryRaw`SELECT 1` // it has begun, and waits for the lock that the other one holds
      await append('what it waited for')
      await appendAudit(tx, eventOf('what waited'))
    })
    while ((await sequenceInbox(catalog.db, lease)) !== 0);
    const last = await catalog.db.auditSequence.findMany({
      orderBy: { seq: 'desc' },
      take: 2,
      include: { event: true },
    })
    expect(last.map(({ event }) => event.metadata)).toEqual([{ note: 'what waited' }, { note: 'what it waited for' }])
  })

  test('rolls an event back together with the change it belongs to', async () => {
    const before = await catalog.db.globalAuditEvent.count()
    await expect(
      transact(catalog.db, async (tx) => {
        await tx.lease.create({ data: { name: 'doomed' } })
        await appendAudit(tx, eventOf('doomed'))
        await tx.$executeRaw`SELECT 1 / 0`
      }),
    ).rejects.toThrow()
    expect(await catalog.db.globalAuditEvent.count()).toBe(before)
    expect(await catalog.db.lease.findUnique({ where: { name: 'doomed' } })).toBeNull()
  })

  test.each([
    [
      'a rewritten body',
      `UPDATE global_audit_event SET body = replace(body, 'event 7"', 'event 8"') WHERE metadata->>'note' = 'event 7'`,
    ],
    [
      'a rewritten column',
      `UPDATE global_audit_event SET action_type = 'request.approved' WHERE metadata->>'note' = 'event 9'`,
    ],
  ])('shows %s as the first bad event', async (_, tamper) => {
    await catalog.db.$executeRaw`ALTER TABLE global_audit_event DISABLE TRIGGER append_only`
    await catalog.db.$executeRawUnsafe(tamper)
    const status = await getChainStatus(ctx)
    expect(status.intact).toBe(false)
    expect(Number(status.firstBadSeq)).toBeGreaterThan(0)
  })

  test('is protected by the database from being rewritten at all', async () => {
    await catalog.db.$executeRaw`ALTER TABLE global_audit_event ENABLE TRIGGER append_only`
    await expect(catalog.db.globalAuditEvent.deleteMany({})).rejects.toThrow(/append-only/)
    await expect(catalog.db.auditSequence.deleteMany({})).rejects.toThrow(/append-only/)
  })
})
