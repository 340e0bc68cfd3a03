import type { z } from 'zod'
import { DomainError } from '@/model/errors'
import { AUDIT_BUNDLE_FORMAT, type AuditBundle, type ExportAudit } from '@/model/schemas/audit'
import { authorize, type Ctx } from '@/server/context'
import { GENESIS_HASH } from './hash-chain'

const EVENTS_MAX = 50_000

/** A bundle that anybody can check offline. At most 50,000 events; a longer range is asked for in parts. */
export async function exportAudit(ctx: Ctx, { fromSeq, toSeq }: z.output<typeof ExportAudit>): Promise<AuditBundle> {
  authorize(ctx, 'audit:export')
  const first = BigInt(fromSeq)
  if (first < 1n) throw new DomainError('invalid-input', 'Sequence numbers start at 1.')
  const links = await ctx.db.auditSequence.findMany({
    where: { seq: { gte: first, ...(toSeq ? { lte: BigInt(toSeq) } : {}) } },
    include: { event: { select: { body: true } } },
    orderBy: { seq: 'asc' },
    take: EVENTS_MAX + 1,
  })
  if (links.length === 0) throw new DomainError('not-found', `There is no event from number ${fromSeq} on.`)
  if (links.length > EVENTS_MAX)
    throw new DomainError(
      'invalid-input',
      `This range has more than ${EVENTS_MAX} events: export it in parts with toSeq.`,
    )
  return {
    format: AUDIT_BUNDLE_FORMAT,
    version: 1,
    exportedAt: ctx.clock.now().toISOString(),
    firstSeq: links[0]!.seq.toString(),
    lastSeq: links.at(-1)!.seq.toString(),
    previousChainHash: await chainHashBefore(ctx, links[0]!.seq),
    events: links.map((link) => ({
      seq: link.seq.toString(),
      body: link.event.body,
      leafHash: link.leafHash,
      chainHash: link.chainHash,
    })),
  }
}

async function chainHashBefore(ctx: Ctx, seq: bigint): Promise<string> {
  if (seq === 1n) return GENESIS_HASH
  const previous = await ctx.db.auditSequence.findUnique({ where: { seq: seq - 1n } })
  if (!previous) throw new DomainError('precondition-failed', `Event ${seq - 1n} is missing: the chain is not intact.`)
  return previous.chainHash
}
