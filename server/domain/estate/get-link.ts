import type { z } from 'zod'
import { DomainError } from '@/model/errors'
import { countOf, mergeHistograms, quantileMs } from '@/model/histogram'
import { SAMPLE_BUCKET_MS } from '@/model/observations'
import type { LinkHistory, LinkRef } from '@/model/schemas/estate'
import { authorize, type Ctx } from '@/server/context'
import { POINTS_MAX, percentilesOf, prepareSteps, readLatencySteps } from '../telemetry'
import { loadWorld } from './load-world'
import { membersIn, viewLinks } from './view-link'

/** One direction with its history: percentiles of each step from merged histograms, and how many probes failed in it. */
export async function getLink(
  ctx: Ctx,
  { from, to, windowMs }: z.infer<typeof LinkRef>,
): Promise<z.infer<typeof LinkHistory>> {
  authorize(ctx, 'telemetry:read')
  const now = ctx.clock.now()
  const world = await loadWorld(ctx.db, now)
  const link = viewLinks(world).find((view) => view.from === from && view.to === to)
  if (!link) throw new DomainError('not-found', `There is no link from ${from} to ${to} in this estate.`)

  const frame = frameOf(now.getTime(), windowMs)
  const steps = await readLatencySteps(ctx.db, {
    vantageRegion: from,
    memberIds: membersIn(world, to),
    from: new Date(frame.fromMs),
    to: new Date(frame.toMs),
    stepMs: frame.stepMs,
  })
  const series = (value: (step: (typeof steps)[number]) => number | null) =>
    prepareSteps(new Map(steps.map((step) => [step.at.getTime(), value(step)])), frame)
  const latency = percentilesOf(mergeHistograms(steps.map((step) => step.histogram)))
  return {
    link: { ...link, latency },
    p50: series((step) => quantileMs(step.histogram, 0.5)),
    p99: series((step) => (countOf(step.histogram) === 0 ? null : quantileMs(step.histogram, 0.99))),
    failures: series((step) => step.failedCount),
  }
}

/** Whole steps on the clock's own grid, so that a step is the same sum each time it is read. The newest one is complete. */
function frameOf(nowMs: number, windowMs: number): { fromMs: number; toMs: number; stepMs: number } {
  const stepMs = Math.ceil(windowMs / POINTS_MAX / SAMPLE_BUCKET_MS) * SAMPLE_BUCKET_MS
  const toMs = Math.floor(nowMs / stepMs) * stepMs
  return { fromMs: toMs - Math.floor(windowMs / stepMs) * stepMs, toMs, stepMs }
}
