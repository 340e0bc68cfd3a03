import type { z } from 'zod'
import type { Replication, ReplicationQuery } from '@/model/schemas/estate'
import { authorize, type Ctx } from '@/server/context'
import { type LagSteps, prepareExtremes, readLagSteps } from '../telemetry'
import { loadWorld } from './load-world'
import { viewLags } from './view-cell'

/** Lag of every standby now and over the window. The three measures stay three. */
export async function getReplication(ctx: Ctx, { windowMs }: z.infer<typeof ReplicationQuery>): Promise<Replication> {
  authorize(ctx, 'telemetry:read')
  const now = ctx.clock.now()
  const from = new Date(now.getTime() - windowMs)
  const [world, lagSteps] = await Promise.all([loadWorld(ctx.db, now), readLagSteps(ctx.db, { from, to: now })])
  const lags = world.cells.flatMap((cell) => viewLags(world, cell))
  return {
    asOf: now.toISOString(),
    windowMs,
    lags,
    series: lags.map((lag) => viewSeries(lag.targetMember, lagSteps, from)),
  }
}

function viewSeries(
  targetMember: string,
  { steps, stepMs, stepCount }: LagSteps,
  from: Date,
): Replication['series'][number] {
  const mine = steps.filter((step) => step.targetMember === targetMember)
  const frame = { from, stepMs, stepCount }
  return {
    targetMember,
    heartbeatAgeMs: prepareExtremes(
      mine.map((step) => ({
        step: step.step,
        low: step.heartbeatLowMs,
        high: step.heartbeatHighMs,
        hasGap: step.heartbeatHasGap,
      })),
      frame,
    ),
    bytes: prepareExtremes(
      mine.map((step) => ({
        step: step.step,
        low: toNumber(step.bytesLow),
        high: toNumber(step.bytesHigh),
        hasGap: step.bytesHasGap,
      })),
      frame,
    ),
  }
}

/** A chart needs no more than 53 bits; the exact figure is in `lags`. */
function toNumber(bytes: bigint | null): number | null {
  return bytes === null ? null : Number(bytes)
}
