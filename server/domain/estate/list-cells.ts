import type { CellView } from '@/model/schemas/estate'
import { authorize, type Ctx } from '@/server/context'
import { loadWorld } from './load-world'
import { viewCell } from './view-cell'

export async function listCells(ctx: Ctx): Promise<CellView[]> {
  authorize(ctx, 'estate:read')
  const world = await loadWorld(ctx.db, ctx.clock.now())
  return world.cells.map((cell) => viewCell(world, cell))
}
