import { v7 as uuidv7 } from 'uuid'
import { DomainError } from '@/model/errors'
import { holdLevels } from '@/model/hold-kinds'
import type { PlaceHold } from '@/model/schemas/holds'
import { hasUuidForm } from '@/model/uuid'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { announce, appendAudit, catalogNow, Prisma, type Tx, transact } from '@/server/db'

/** Further away is a slip of the pen, or no end at all. */
const HOLD_MS_MAX = 366 * 24 * 3_600_000

/** Keeps operations from a region, a cell or a tenant. One open hold of a kind and a subject: a unique index settles races. */
export async function placeHold(ctx: Ctx, input: PlaceHold): Promise<{ id: string }> {
  const principal = authorizePerson(ctx, 'hold:place')
  try {
    return await transact(ctx.db, async (tx) => {
      await refuseUnknownSubject(tx, input)
      const now = await catalogNow(tx)
      const endsAt = input.endsAt ? new Date(input.endsAt) : null
      if (endsAt) refuseEnd(endsAt, now)
      await closeEnded(tx, input, { personId: principal.personId, now })
      const id = uuidv7()
      const { kind, level, subject, reason } = input
      await tx.hold.create({
        data: { id, kind, level, subject, reason, placedBy: principal.personId, placedAt: now, endsAt },
      })
      await appendAudit(tx, {
        actor: actorOf(principal),
        action: 'hold.placed',
        aggregateType: 'hold',
        aggregateId: id,
        homeRegion: ctx.servedFrom,
        correlationId: id,
        occurredAt: now,
        detail: { kind, level, subject, reason, endsAt: endsAt?.toISOString() ?? null },
      })
      await announce(tx, { topic: 'operations', ids: [id] })
      return { id }
    })
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002')
      throw new DomainError('conflict', `A hold for ${input.kind} on this ${input.level} is open already.`)
    throw error
  }
}

function refuseEnd(endsAt: Date, now: Date): void {
  if (endsAt <= now) throw new DomainError('invalid-input', 'A hold must end in the future.')
  if (endsAt.getTime() - now.getTime() > HOLD_MS_MAX)
    throw new DomainError(
      'invalid-input',
      'A hold ends within a year. Leave the end out for one that lasts until it is released.',
    )
}

async function refuseUnknownSubject(tx: Tx, { level, subject }: PlaceHold): Promise<void> {
  if (await exists[level](tx, subject)) return
  throw new DomainError('not-found', `There is no ${holdLevels[level].toLowerCase()} ${subject}.`)
}

const exists = {
  region: async (tx, code) => (await tx.region.findUnique({ where: { code } })) !== null,
  cell: async (tx, id) => (await tx.cell.findUnique({ where: { id } })) !== null,
  tenant: async (tx, tenantId) =>
    hasUuidForm(tenantId) && (await tx.tenantRegionAssignment.findUnique({ where: { tenantId } })) !== null,
} satisfies Record<PlaceHold['level'], (tx: Tx, subject: string) => Promise<boolean>>

/** One whose time is over holds nothing and must not stand in the way of a new one. */
async function closeEnded(
  tx: Tx,
  { kind, level, subject }: PlaceHold,
  { personId, now }: { personId: string; now: Date },
): Promise<void> {
  await tx.hold.updateMany({
    where: { kind, level, subject, releasedAt: null, endsAt: { lte: now } },
    data: { releasedAt: now, releasedBy: personId, releaseReason: 'Its time was over when a new one was placed.' },
  })
}
