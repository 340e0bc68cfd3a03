import type { Network } from '@/model/schemas/estate'
import { authorize, type Ctx } from '@/server/context'
import { MATRIX_WINDOW_MS_MAX } from '../telemetry'
import { LATENCY_WINDOW_MS, loadWorld } from './load-world'
import { viewLinks } from './view-link'

/**
 * Every direction between two regions. The whole matrix is merged over at most MATRIX_WINDOW_MS_MAX; `windowMs` in the
 * answer is the window that was used. One link can be read over a day: getLink.
 */
export async function getNetwork(ctx: Ctx, input: { windowMs?: number | undefined } = {}): Promise<Network> {
  authorize(ctx, 'telemetry:read')
  const now = ctx.clock.now()
  const windowMs = Math.min(input.windowMs ?? LATENCY_WINDOW_MS, MATRIX_WINDOW_MS_MAX)
  const world = await loadWorld(ctx.db, now, windowMs)
  return { regions: [...world.vantages], links: viewLinks(world), windowMs, asOf: now.toISOString() }
}
