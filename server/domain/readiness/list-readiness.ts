import { DomainError } from '@/model/errors'
import { type CellReadiness, type ReadinessList, readinessKinds } from '@/model/schemas/readiness'
import { authorize, type Ctx } from '@/server/context'
import { catalogNow } from '@/server/db'
import { type DrillKind, drillKindNames } from '../drills'
import { decideReadiness, withFixes } from './decide-readiness'
import type { LastDrill } from './judge-cell'
import { evidenceOf, readEvidence } from './read-evidence'
import { readLastDrills, readLeftBehind, readToAcknowledge } from './read-facts'

/** Every cell, or one, the worst first; a cell that does not exist is refused, lest it read like one with nothing to say. What is read was proven by the worker; nothing is looked at here. */
export async function listReadiness(
  ctx: Ctx,
  { cellId }: { cellId?: string | undefined } = {},
): Promise<ReadinessList> {
  authorize(ctx, 'estate:read')
  const now = await catalogNow(ctx.db)
  const cells = await ctx.db.cell.findMany({
    where: cellId === undefined ? {} : { id: cellId },
    select: { id: true, name: true, scope: true, members: { select: { id: true, regionCode: true } } },
  })
  if (cellId !== undefined && cells.length === 0) throw new DomainError('not-found', `There is no cell ${cellId}.`)
  const rows = await readEvidence(ctx.db, cellId)
  const epochs = await ctx.db.regionWriteEpoch.findMany({
    where: { logicalScope: { in: cells.map(({ scope }) => scope) } },
    select: { logicalScope: true, activeMember: true, activeRegion: true },
  })
  const drills = await readLastDrills(ctx.db)
  const stale = await readLeftBehind(
    ctx.db,
    cells.map(({ id }) => id),
  )
  const unacknowledged = await readToAcknowledge(
    ctx.db,
    cells.map(({ scope }) => scope),
  )
  const viewed = cells.map((cell): CellReadiness => {
    const epoch = epochs.find(({ logicalScope }) => logicalScope === cell.scope) ?? null
    const { verdict, checks } = decideReadiness(evidenceOf(rows.filter((row) => row.cellId === cell.id)), now.getTime())
    const left = stale.filter(({ cellId, memberId }) => cellId === cell.id && memberId !== epoch?.activeMember)
    const others = cell.members.filter(({ id }) => id !== epoch?.activeMember)
    const standing = others.find(({ id }) => !left.some(({ memberId }) => memberId === id))
    const standby = standing ?? others[0]
    const place = {
      cellId: cell.id,
      writer: epoch?.activeMember ?? null,
      writerRegion: epoch?.activeRegion ?? null,
      standby: standby?.id ?? null,
      standbyRegion: standby?.regionCode ?? null,
      staleServer: standing ? null : (left[0] ?? null),
      toAcknowledge: unacknowledged.find(({ scope }) => scope === cell.scope) ?? null,
    }
    return {
      cellId: cell.id,
      name: cell.name,
      writer: epoch?.activeMember ?? null,
      region: epoch?.activeRegion ?? null,
      verdict,
      checks: withFixes(checks, place),
      lastDrills: drillKindNames.map((kind) => lastDrillView(kind, drills.get(cell.id)?.get(kind))),
    }
  })
  return { cells: viewed.sort(worstFirst), asOf: now.toISOString() }
}

function lastDrillView(kind: DrillKind, last: LastDrill | undefined): CellReadiness['lastDrills'][number] {
  return { kind, at: last ? new Date(last.finishedAtMs).toISOString() : null, isMet: last?.isMet ?? null }
}

function worstFirst(a: CellReadiness, b: CellReadiness): number {
  return (
    readinessKinds.indexOf(b.verdict.kind) - readinessKinds.indexOf(a.verdict.kind) ||
    b.verdict.blockerCount - a.verdict.blockerCount ||
    (a.verdict.score ?? -1) - (b.verdict.score ?? -1) ||
    a.cellId.localeCompare(b.cellId)
  )
}
