import type { Db, Tx } from '@/server/db'
import { FAILOVER_KIND, FENCE_STEP, LOSSLESS_KINDS, UNACKNOWLEDGED_FAILOVER } from '../kind-names'
import { PAST_RUNS_MAX } from '../limits'
import type { CellWorld, PastMove } from './cell-world'

/** What moved the writer of a scope before. */
export async function readPast(
  db: Db | Tx,
  scope: string,
): Promise<Pick<CellWorld, 'lastSwitchover' | 'lastFailover' | 'pastWritePausesMs'>> {
  const past = await db.operation.findMany({
    where: { scope, kind: { in: LOSSLESS_KINDS }, status: 'done', finishedAt: { not: null } },
    select: { report: true },
    orderBy: { finishedAt: 'desc' },
    take: PAST_RUNS_MAX,
  })
  return {
    lastSwitchover: await readLastMove(db, scope, LOSSLESS_KINDS),
    lastFailover: await readLastMove(db, scope, [FAILOVER_KIND]),
    pastWritePausesMs: past
      .map((run) => writePauseOf(run.report) ?? gateOpenOf(run.report))
      .filter((pauseMs) => pauseMs !== null),
  }
}

/** Going back from a fence raises the epoch like going forward, by two, and every client had to follow it. */
async function readLastMove(db: Db | Tx, scope: string, kinds: string[]): Promise<PastMove | null> {
  const last = await db.operation.findFirst({
    where: {
      scope,
      kind: { in: kinds },
      finishedAt: { not: null },
      OR: [{ status: 'done' }, { status: 'undone', steps: { some: { name: FENCE_STEP, status: 'undone' } } }],
    },
    select: { code: true, status: true, finishedAt: true },
    orderBy: { finishedAt: 'desc' },
  })
  if (!last?.finishedAt) return null
  return { code: last.code, finishedAtMs: last.finishedAt.getTime(), wentBack: last.status === 'undone' }
}

/** From the report that the last step of a switchover left; null when no writer measured it. */
export function writePauseOf(report: unknown): number | null {
  if (typeof report !== 'object' || report === null || !('writePauseMs' in report)) return null
  return typeof report.writePauseMs === 'number' ? report.writePauseMs : null
}

/** An upper bound of what a lossless move costs: good enough to estimate the next one from, and called a measured pause nowhere. */
function gateOpenOf(report: unknown): number | null {
  if (typeof report !== 'object' || report === null || !('gateOpenMs' in report)) return null
  return typeof report.gateOpenMs === 'number' ? report.gateOpenMs : null
}

/** A failover that ended, either way, and that nobody has taken note of yet. One that changed nothing needs no rest. */
export async function readUnacknowledged(db: Db | Tx, scope: string): Promise<CellWorld['unacknowledgedFailover']> {
  const last = await db.operation.findFirst({
    where: { scope, ...UNACKNOWLEDGED_FAILOVER },
    select: { code: true, finishedAt: true },
    orderBy: { finishedAt: 'desc' },
  })
  return last?.finishedAt ? { code: last.code, finishedAtMs: last.finishedAt.getTime() } : null
}
