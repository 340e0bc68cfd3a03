import { formatMs } from '@/model/format'
import type { OperationReport } from '@/model/schemas/operations'

type Objectives = { rtoObjectiveMs: number; rpoObjectiveMs: number }

/** Pure. What could not be measured has not met anything. */
export function compareWithObjectives(report: OperationReport, promised: Objectives): OperationReport {
  const rpoMs = rpoMsOf(report)
  return {
    ...report,
    objectives: { rtoMs: promised.rtoObjectiveMs, rpoMs: promised.rpoObjectiveMs },
    met: {
      rto: report.rtoMs === null ? null : report.rtoMs <= promised.rtoObjectiveMs,
      rpo: rpoMs === null ? null : rpoMs <= promised.rpoObjectiveMs,
    },
  }
}

export function rpoMsOf({ rpo }: Pick<OperationReport, 'rpo'>): number | null {
  return rpo.kind === 'unknown' || rpo.seconds === null ? null : rpo.seconds * 1_000
}

export function sayMet(report: OperationReport): string {
  const { objectives, met, rtoMs } = report
  if (!objectives || !met) return 'Measured.'
  const say = (name: string, ms: number | null, limitMs: number, isMet: boolean | null) =>
    ms === null
      ? `${name} could not be measured`
      : `${name} ${formatMs(ms)}, ${isMet ? 'within' : 'beyond'} the objective of ${formatMs(limitMs)}`
  return `${say('Recovery time', rtoMs, objectives.rtoMs, met.rto)}; ${say('recovery point', rpoMsOf(report), objectives.rpoMs, met.rpo)}.`
}
