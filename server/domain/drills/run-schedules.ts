import { DomainError } from '@/model/errors'
import { paths } from '@/model/paths'
import { type Actor, type Db, transact } from '@/server/db'
import { notify } from '../notifications'
import { DRILL_RETRY_MS, startCloneDrillIn } from '../operations'
import { DUE_MAX } from './limits'
import { readWhyNoLiveDrill } from './why-no-live-drill'

const actor: Actor = { kind: 'worker', name: 'drill' }

/**
 * What is due: a drill on a clone starts by itself, in the name of whoever scheduled it; one on the live cell is only told of, and
 * is asked for and approved by people. A start that is refused is tried again later. Level-triggered; of two workers the row's
 * lock lets one through.
 */
export async function runSchedules(db: Db, homeRegion: string): Promise<{ startedCount: number; toldCount: number }> {
  let [startedCount, toldCount] = [0, 0]
  for (const { id } of [...(await listDueClones(db)), ...(await listUntoldLive(db))]) {
    const did = await runOne(db, id, homeRegion)
    if (did === 'started') startedCount += 1
    if (did === 'told') toldCount += 1
  }
  return { startedCount, toldCount }
}

type Due = { id: string }[]

function listDueClones(db: Db): Promise<Due> {
  return db.$queryRaw<Due>`
    SELECT id FROM drill_schedule WHERE kind = 'drill-clone' AND ended_at IS NULL AND next_at <= clock_timestamp()
     ORDER BY next_at, id LIMIT ${DUE_MAX}`
}

/**
 * One on a live cell stays due until people have run it, and one that the law forbids for as long as the law stands: what was told
 * of, or cannot be asked for, must not take the place of what is still to be told.
 */
async function listUntoldLive(db: Db): Promise<Due> {
  const barred = [...(await readWhyNoLiveDrill(db)).keys()]
  return db.$queryRaw<Due>`
    SELECT id FROM drill_schedule AS schedule
     WHERE kind = 'drill-switchover' AND ended_at IS NULL AND next_at <= clock_timestamp() AND cell_id <> ALL(${barred})
       AND NOT EXISTS (SELECT FROM notification AS news
             WHERE news.topic = 'drill.due' AND news.object_id = schedule.id AND news.created_at >= schedule.next_at)
     ORDER BY next_at, id LIMIT ${DUE_MAX}`
}

async function runOne(db: Db, id: string, homeRegion: string): Promise<'started' | 'told' | 'nothing'> {
  try {
    return await transact(db, async (tx) => {
      const [schedule] = await tx.$queryRaw<{ cellId: string; kind: string; placedBy: string; nextAt: Date }[]>`
        SELECT cell_id AS "cellId", kind, placed_by AS "placedBy", next_at AS "nextAt" FROM drill_schedule
         WHERE id = ${id}::uuid AND ended_at IS NULL AND next_at <= clock_timestamp() FOR UPDATE SKIP LOCKED`
      if (!schedule) return 'nothing'
      const { cellId, kind, placedBy, nextAt } = schedule
      if (kind === 'drill-switchover') {
        // The law or the tenants may have changed since: nobody is told to ask for what would be refused.
        if ((await readWhyNoLiveDrill(tx, cellId)).has(cellId)) return 'nothing'
        const told = await notify(tx, {
          topic: 'drill.due',
          objectId: id,
          text: `A drill of cell ${cellId} is due: switchover and back, on the live cell. It has to be asked for and approved.`,
          path: paths.newDrill({ cell: cellId }),
          body: { cell: cellId, kind, cause: 'drill-due' },
          onceKey: `drill-due:${id}:${nextAt.toISOString()}`,
        })
        return told ? 'told' : 'nothing'
      }
      // A run that goes through moves it to the next period; one that does not is tried again.
      await tx.$executeRaw`
        UPDATE drill_schedule SET next_at = clock_timestamp() + ${DRILL_RETRY_MS} * interval '1 millisecond' WHERE id = ${id}::uuid`
      await startCloneDrillIn(tx, { cellId }, { actor, startedBy: placedBy, homeRegion })
      return 'started'
    })
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    // The cell is in no state to be copied, or a drill runs already: nothing was changed, and it is looked at again.
    return 'nothing'
  }
}
