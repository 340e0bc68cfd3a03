import type { DrillRun } from '@/model/schemas/drills'
import type { OperationReport } from '@/model/schemas/operations'
import type { PlanOf } from '@/model/schemas/plans'
import { BACK_WITHIN_MS } from '../operations'

export type LegRow = {
  id: string
  code: string
  status: string
  statusReason: string | null
  createdAt: Date
  finishedAt: Date | null
  plan: PlanOf<'drill-clone' | 'drill-switchover'>
  report: OperationReport | null
  rpoMs: number | null
}

type Given = { first: LegRow; back: LegRow | null; nowMs: number } & Pick<DrillRun, 'startedBy' | 'approvedBy'>

/** Pure: one run from its operations. It is as good as the worse of its legs, and done only when it is back. */
export function decideRun({ first, back, startedBy, approvedBy, nowMs }: Given): DrillRun {
  const { plan } = first
  const legs = back ? [first, back] : [first]
  const { outcome, says } = outcomeOf(first, back, nowMs)
  const isEveryLegDone = outcome === 'done'
  const objectives = { rtoMs: plan.rtoObjectiveMs, rpoMs: plan.rpoObjectiveMs }
  const rtoMs = worst(legs.map(({ report }) => report?.rtoMs ?? null))
  const rpoMs = worst(legs.map((leg) => leg.rpoMs))
  return {
    id: first.id,
    code: first.code,
    cellId: plan.cell,
    kind: plan.kind,
    outcome,
    says,
    startedBy,
    approvedBy,
    startedAt: first.createdAt.toISOString(),
    finishedAt: outcome === 'running' ? null : ((back ?? first).finishedAt?.toISOString() ?? null),
    legs: legs.map((leg) => ({
      operationId: leg.id,
      code: leg.code,
      leg: leg.plan.kind === 'drill-clone' ? ('clone' as const) : leg.plan.leg,
      status: leg.status,
      fromRegion: leg.plan.source.region,
      toRegion: leg.plan.target.region,
      report: leg.report,
    })),
    rtoMs,
    rpoMs,
    objectives,
    isMet:
      isEveryLegDone && rtoMs !== null && rpoMs !== null
        ? rtoMs <= objectives.rtoMs && rpoMs <= objectives.rpoMs
        : null,
  }
}

function outcomeOf(first: LegRow, back: LegRow | null, nowMs: number): Pick<DrillRun, 'outcome' | 'says'> {
  const leg = back ?? first
  const reason = leg.statusReason ?? 'see its steps'
  if (leg.status === 'needs-human') return { outcome: 'needs-human', says: `${leg.code} needs a person: ${reason}` }
  if (leg.status === 'undone')
    return back
      ? { outcome: 'failed', says: `It did not come back: ${reason}` }
      : { outcome: 'failed', says: `It went back to where it began: ${reason}` }
  if (leg.status !== 'done') return { outcome: 'running', says: `${leg.code} is ${leg.status}.` }
  if (first.plan.kind === 'drill-clone') return { outcome: 'done', says: 'The copy took a write and was discarded.' }
  if (back) return { outcome: 'done', says: `It went to ${first.plan.target.region} and came back.` }
  const isOver = first.finishedAt !== null && nowMs - first.finishedAt.getTime() > BACK_WITHIN_MS
  if (isOver) return { outcome: 'failed', says: `It went to ${first.plan.target.region} and was not brought back.` }
  return { outcome: 'running', says: `It is in ${first.plan.target.region}, and comes back when the cell has rested.` }
}

/** Null when any is not known: what was not measured is not good. */
function worst(values: readonly (number | null)[]): number | null {
  return values.some((value) => value === null) ? null : Math.max(...(values as number[]))
}
