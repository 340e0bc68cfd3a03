import type { CellView } from '@/model/schemas/estate'
import { authorize, type Ctx } from '@/server/context'
import { readFindings } from '../telemetry'
import { loadWorld } from './load-world'
import { viewCell } from './view-cell'

export async function listCells(ctx: Ctx): Promise<CellView[]> {
  authorize(ctx, 'estate:read')
  const now = ctx.clock.now()
  const [world, findings] = await Promise.all([loadWorld(ctx.db, now), readFindings(ctx.db, now)])
  return world.cells.map((cell) => viewCell(world, cell, findings))
}
