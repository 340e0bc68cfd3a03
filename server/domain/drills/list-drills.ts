import { DomainError } from '@/model/errors'
import type { DrillHistory, DrillList, DrillPlace, DrillRun } from '@/model/schemas/drills'
import { authorize, type Ctx } from '@/server/context'
import { catalogNow } from '@/server/db'
import { drillKindNames, readDrillRuns } from './read-drill-runs'
import { readWhyNoLiveDrill } from './why-no-live-drill'

/** Every kind of drill of every cell: what was never drilled first, then what is longest ago. */
export async function listDrills(ctx: Ctx): Promise<DrillList> {
  authorize(ctx, 'operation:read')
  const now = await catalogNow(ctx.db)
  const [cells, runs, schedules, whyNoLive] = await Promise.all([
    ctx.db.cell.findMany({ select: { id: true }, orderBy: { id: 'asc' } }),
    readDrillRuns(ctx.db),
    ctx.db.drillSchedule.findMany({ where: { endedAt: null } }),
    readWhyNoLiveDrill(ctx.db),
  ])
  const people = await ctx.db.person.findMany({
    where: { id: { in: schedules.map(({ placedBy }) => placedBy) } },
    select: { id: true, name: true },
  })
  const places = cells.flatMap(({ id: cellId }) =>
    drillKindNames.map((kind): DrillPlace => {
      const schedule = schedules.find((each) => each.cellId === cellId && each.kind === kind)
      const whyNot = kind === 'drill-switchover' ? (whyNoLive.get(cellId) ?? null) : null
      return {
        cellId,
        kind,
        whyNot,
        lastRun: runs.find((run) => run.cellId === cellId && run.kind === kind) ?? null,
        schedule: schedule
          ? {
              id: schedule.id,
              everyDays: schedule.everyDays,
              nextAt: schedule.nextAt.toISOString(),
              isDue: schedule.nextAt <= now && whyNot === null,
              placedBy: people.find(({ id }) => id === schedule.placedBy) ?? {
                id: schedule.placedBy,
                name: 'Unknown person',
              },
            }
          : null,
      }
    }),
  )
  return { places: places.sort(longestAgoFirst), asOf: now.toISOString() }
}

function longestAgoFirst(a: DrillPlace, b: DrillPlace): number {
  return (a.lastRun?.startedAt ?? '').localeCompare(b.lastRun?.startedAt ?? '') || a.cellId.localeCompare(b.cellId)
}

/** Newest first. Only drills: a real failover is never averaged with them. */
export async function listDrillHistory(ctx: Ctx, { cellId }: { cellId?: string | undefined }): Promise<DrillHistory> {
  authorize(ctx, 'operation:read')
  if (cellId !== undefined && (await ctx.db.cell.count({ where: { id: cellId } })) === 0)
    throw new DomainError('not-found', `There is no cell ${cellId}.`)
  return { runs: await readDrillRuns(ctx.db, { cellId }), asOf: (await catalogNow(ctx.db)).toISOString() }
}

/** The report of one run. The id of its way back leads to it as well. */
export async function getDrill(ctx: Ctx, { id }: { id: string }): Promise<DrillRun> {
  authorize(ctx, 'operation:read')
  const [run] = await readDrillRuns(ctx.db, { id: await firstLegOf(ctx, id) })
  if (!run) throw new DomainError('not-found', 'There is no such drill.')
  return run
}

async function firstLegOf({ db }: Ctx, id: string): Promise<string> {
  const [row] = await db.$queryRaw<{ firstLegId: string | null }[]>`
    SELECT plan.body->>'firstLegId' AS "firstLegId" FROM operation JOIN operation_plan AS plan ON plan.id = operation.plan_id
     WHERE operation.id = ${id}::uuid AND operation.kind = 'drill-switchover'`
  return row?.firstLegId ?? id
}
