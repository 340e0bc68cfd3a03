import { v7 as uuidv7 } from 'uuid'
import { DomainError } from '@/model/errors'
import type { ScheduleDrill } from '@/model/schemas/drills'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { appendAudit, catalogNow, type Tx, transact } from '@/server/db'
import { readWhyNoLiveDrill } from './why-no-live-drill'

/**
 * Every so many days from now on; it takes the place of an earlier schedule of the same kind. The cell's row is locked, so of
 * two at once the later one stays; the partial unique index would refuse a second one. What no law lets happen is not scheduled.
 */
export async function scheduleDrill(ctx: Ctx, { cellId, kind, everyDays }: ScheduleDrill): Promise<{ id: string }> {
  const principal = authorizePerson(ctx, 'drill:run')
  return transact(ctx.db, async (tx) => {
    const cells = await tx.$queryRaw<{ scope: string }[]>`SELECT scope FROM cell WHERE id = ${cellId} FOR NO KEY UPDATE`
    if (cells.length === 0) throw new DomainError('not-found', `There is no cell ${cellId}.`)
    const whyNot = kind === 'drill-switchover' ? (await readWhyNoLiveDrill(tx, cellId)).get(cellId) : undefined
    if (whyNot)
      throw new DomainError('precondition-failed', `A drill on the live cell could never run. ${whyNot}`, {
        rule: 'residency-of-every-affected-tenant',
      })
    const now = await catalogNow(tx)
    await tx.drillSchedule.updateMany({ where: { cellId, kind, endedAt: null }, data: { endedAt: now } })
    const id = uuidv7()
    await tx.drillSchedule.create({ data: { id, cellId, kind, everyDays, nextAt: now, placedBy: principal.personId } })
    await append(tx, ctx, {
      id,
      action: 'drill.scheduled',
      detail: { cell: cellId, kind, everyDays: String(everyDays) },
      occurredAt: now,
    })
    return { id }
  })
}

export async function endSchedule(ctx: Ctx, { id }: { id: string }): Promise<Record<string, never>> {
  authorizePerson(ctx, 'drill:run')
  return transact(ctx.db, async (tx) => {
    const now = await catalogNow(tx)
    const ended = await tx.drillSchedule.updateMany({ where: { id, endedAt: null }, data: { endedAt: now } })
    if (ended.count === 0) throw new DomainError('not-found', 'There is no such schedule, or it has ended.')
    const { cellId, kind } = await tx.drillSchedule.findUniqueOrThrow({ where: { id } })
    await append(tx, ctx, { id, action: 'drill.schedule-ended', detail: { cell: cellId, kind }, occurredAt: now })
    return {}
  })
}

type Entry = {
  id: string
  action: 'drill.scheduled' | 'drill.schedule-ended'
  detail: { [key: string]: string }
  occurredAt: Date
}

async function append(tx: Tx, ctx: Ctx, { id, action, detail, occurredAt }: Entry): Promise<void> {
  await appendAudit(tx, {
    actor: actorOf(authorizePerson(ctx, 'drill:run')),
    action,
    aggregateType: 'drill_schedule',
    aggregateId: id,
    homeRegion: ctx.servedFrom,
    correlationId: id,
    occurredAt,
    detail,
  })
}
