import { paths } from '@/model/paths'
import type { Finding } from '@/model/schemas/plans'
import { type Actor, catalogNow, type Db, transact } from '@/server/db'
import { readFindings } from '../telemetry'
import { decideTrouble, type Trouble } from './decide-trouble'
import { lookAgain } from './look-again'
import { raiseAlert } from './raise-alert'
import { resolveAlert } from './resolve-alert'

const WATCH_EVERY_MS = 2_000
const ERROR_PAUSE_MS = 5_000
const KIND = 'writer-in-trouble'
const actor: Actor = { kind: 'worker', name: 'watch-writers' }

export type WatchWritersDeps = { db: Db; homeRegion: string; signal: AbortSignal }

/**
 * Calls people when the writer of a cell is in trouble for longer than a restart takes, and says when it no longer is, until the
 * signal. It promotes nothing and proposes nothing. Every worker may run it: one open alert a cause is the catalog's business.
 */
export async function watchWriters(deps: WatchWritersDeps): Promise<void> {
  const troubles = new Map<string, Trouble>()
  const pace = { everyMs: WATCH_EVERY_MS, afterErrorMs: ERROR_PAUSE_MS, failed: 'Writers could not be watched.' }
  await lookAgain(deps.signal, pace, () => lookOnce(deps, troubles))
}

async function lookOnce(deps: WatchWritersDeps, troubles: Map<string, Trouble>): Promise<void> {
  const cells = await readCells(deps.db)
  const findings = await readFindings(deps.db, await catalogNow(deps.db))
  for (const cell of cells) {
    const finding = findings.get(cell.activeMember)
    if (!finding) continue
    const seen = { member: cell.activeMember, finding: finding.name, isMoving: cell.isMoving }
    const { trouble, verdict } = decideTrouble(troubles.get(cell.cellId) ?? null, seen, performance.now())
    if (trouble) troubles.set(cell.cellId, trouble)
    else troubles.delete(cell.cellId)
    if (verdict === 'raise') await raise(deps, cell, finding)
    if (verdict === 'over' && cell.hasAlert) await end(deps, cell)
  }
}

type CellRow = {
  cellId: string
  scope: string
  activeMember: string
  epoch: bigint
  /** An operation is at it: what it closes is its own business, and it says itself when it is stuck. */
  isMoving: boolean
  hasAlert: boolean
}

function readCells(db: Db): Promise<CellRow[]> {
  return db.$queryRaw<CellRow[]>`
    SELECT cell.id AS "cellId", cell.scope, epoch.active_member AS "activeMember", epoch.epoch,
           EXISTS (SELECT FROM operation WHERE operation.scope = cell.scope
                    AND operation.status IN ('running', 'undoing')) AS "isMoving",
           EXISTS (SELECT FROM alert WHERE alert.kind = ${KIND} AND alert.cell_id = cell.id
                    AND alert.resolved_at IS NULL) AS "hasAlert"
      FROM cell JOIN region_write_epoch AS epoch ON epoch.logical_scope = cell.scope ORDER BY cell.id`
}

function raise({ db, homeRegion }: WatchWritersDeps, cell: CellRow, finding: Finding): Promise<unknown> {
  const { cellId, scope, activeMember } = cell
  return transact(db, (tx) =>
    raiseAlert(tx, {
      kind: KIND,
      severity: 'critical',
      dedupeKey: keyOf(cell),
      scope,
      cellId,
      says: `The writer of ${cellId} is in trouble: ${finding.says}`,
      facts: {
        path: paths.newFailover({ cell: cellId }),
        wayOut: [`Nothing is promoted by itself. Bring ${activeMember} back, or ask for a failover of ${cellId}.`],
      },
      actor,
      homeRegion,
    }),
  )
}

function end({ db, homeRegion }: WatchWritersDeps, cell: CellRow): Promise<unknown> {
  const says = `${cell.activeMember} takes the writes of ${cell.cellId} at epoch ${cell.epoch}.`
  return transact(db, (tx) => resolveAlert(tx, { dedupeKey: keyOf(cell), says, actor, homeRegion }))
}

function keyOf({ cellId }: CellRow): string {
  return `${KIND}:${cellId}`
}
