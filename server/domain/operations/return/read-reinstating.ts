import { openConflictStates } from '@/model/conflict-states'
import type { Db, Tx } from '@/server/db'
import type { Except } from '../judgement'
import { readWorld } from '../world/read-world'
import type { Reinstating } from './reinstatement-checks'

/** Everything that a rebuild is judged by. Null: there is no such record, or no such cell any more. */
export async function readReinstating(
  db: Db | Tx,
  staleServerId: string,
  except: Except = {},
): Promise<Reinstating | null> {
  const stale = await db.staleServer.findUnique({ where: { id: staleServerId } })
  const world = stale && (await readWorld(db, stale.cellId, except))
  if (!stale || !world) return null
  const where = { staleServerId, status: { in: [...openConflictStates] } }
  return { world, stale, openConflictCount: await db.crossRegionConflictCase.count({ where }) }
}
