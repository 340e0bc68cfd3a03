import { createHash } from 'node:crypto'
import type { ChainStatus } from '@/model/schemas/audit'
import { authorize, type Ctx } from '@/server/context'
import type { Db } from '@/server/db'
import { GENESIS_HASH } from './hash-chain'
import { type Verdict, verifyChain } from './verify-chain'

const BATCH = 5_000
/** Beyond this, a page does not walk the whole history: it walks the newest part and says so. */
const EVENTS_CHECKED_MAX = 200_000n

/** Walks the stored chain and compares each row's columns with its hashed body: what the page shows is what was hashed. */
export async function getChainStatus(ctx: Ctx): Promise<ChainStatus> {
  authorize(ctx, 'audit:read')
  const [last, inboxCount] = await Promise.all([
    ctx.db.auditSequence.findFirst({ orderBy: { seq: 'desc' } }),
    ctx.db.auditInbox.count(),
  ])
  const lastSeq = last?.seq ?? 0n
  const firstChecked = lastSeq > EVENTS_CHECKED_MAX ? lastSeq - EVENTS_CHECKED_MAX + 1n : 1n
  const verdict = await walk(ctx.db, firstChecked)
  return {
    intact: verdict.ok,
    checkedCount: verdict.checkedCount,
    lastSeq: last?.seq.toString() ?? null,
    firstBadSeq: verdict.ok ? null : verdict.firstBadSeq,
    says: verdict.ok ? saysIntact(verdict, firstChecked) : verdict.reason,
    checkedAt: ctx.clock.now().toISOString(),
    inboxCount,
  }
}

function saysIntact(verdict: Extract<Verdict, { ok: true }>, firstChecked: bigint): string {
  if (verdict.checkedCount === 0) return 'No event has been numbered yet.'
  return firstChecked === 1n
    ? `Chain intact: all ${verdict.checkedCount} events verified.`
    : `Chain intact in the newest ${verdict.checkedCount} events; verify an export for the ones before.`
}

async function walk(db: Db, firstSeq: bigint): Promise<Verdict> {
  let nextSeq = firstSeq
  let previousChainHash = await previousHash(db, firstSeq)
  let checkedCount = 0
  for (;;) {
    const links = await db.auditSequence.findMany({
      where: { seq: { gte: nextSeq } },
      include: { event: true },
      orderBy: { seq: 'asc' },
      take: BATCH,
    })
    const verdict = verifyChain(
      { nextSeq, previousChainHash },
      links.map((link) => ({ ...link, seq: link.seq.toString(), body: link.event.body })),
    )
    if (!verdict.ok) return { ...verdict, checkedCount: checkedCount + verdict.checkedCount }
    const altered = links.find((link) => !columnsMatchBody(link.event))
    if (altered)
      return {
        ok: false,
        checkedCount,
        firstBadSeq: altered.seq.toString(),
        reason: `The columns of event ${altered.seq} were changed: they do not match its hashed body.`,
      }
    checkedCount += verdict.checkedCount
    if (links.length < BATCH) return { ...verdict, checkedCount }
    nextSeq += BigInt(links.length)
    previousChainHash = verdict.lastChainHash
  }
}

async function previousHash(db: Db, firstSeq: bigint): Promise<string> {
  if (firstSeq === 1n) return GENESIS_HASH
  const before = await db.auditSequence.findUnique({ where: { seq: firstSeq - 1n } })
  return before?.chainHash ?? GENESIS_HASH
}

type StoredEvent = {
  auditEventId: string
  actionType: string
  scope: string | null
  aggregateId: string
  occurredAt: Date
  payloadHash: string
  body: string
}

function columnsMatchBody(event: StoredEvent): boolean {
  const body = JSON.parse(event.body) as {
    id: string
    action: string
    scope: string | null
    occurredAt: string
    aggregate: { id: string }
  }
  return (
    body.id === event.auditEventId &&
    body.action === event.actionType &&
    body.scope === event.scope &&
    body.aggregate.id === event.aggregateId &&
    body.occurredAt === event.occurredAt.toISOString() &&
    createHash('sha256').update(event.body, 'utf8').digest('hex') === event.payloadHash
  )
}
