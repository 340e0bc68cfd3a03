import type { z } from 'zod'
import { formatMs } from '@/model/format'
import type { OperationReport } from '@/model/schemas/operations'
import type { StepDone } from '@/server/workflows'
import { awaitTraffic, pauseOf, type TrafficWorld } from '../switchover/measure-switchover'
import type { DrainOutput, ForcedFenceOutput, ForcedRun } from './forced-run'
import { bytesBetween } from './positions'

export { TRAFFIC_REPORT_WITHIN_MS } from '../switchover/measure-switchover'

type Report = z.infer<typeof OperationReport>
type Journal = { failedAt: Date | null; approvedAt: Date; openedAt: Date; provenAt: Date }

/** What the writers noticed, and what was lost as far as anybody can tell before the old primary returns. */
export async function measureFailover(run: ForcedRun): Promise<StepDone> {
  const { deps, params: plan, operationId } = run
  const traffic = await awaitTraffic(run)
  const { createdAt } = await deps.db.operation.findUniqueOrThrow({ where: { id: operationId } })
  const journal = {
    failedAt: plan.finding.since === null ? null : new Date(plan.finding.since),
    approvedAt: createdAt, // the vote that completed the quorum queued the operation in its own transaction
    openedAt: run.timeOf('open-gate', 'finished'),
    provenAt: run.timeOf('prove-writable', 'finished'),
  }
  const drained = run.outputOf<DrainOutput>('drain-target')
  const lostBytes = bytesBehind(run.outputOf<ForcedFenceOutput>('fence-old-primary'), drained)
  const report = decideFailoverReport(traffic, journal, plan.loss, { ...drained, lostBytes })
  return { says: describeReport(report), output: report }
}

/** Only a gate that was closed by us has a last position: everything that it acknowledged lies at or below. */
function bytesBehind(fence: ForcedFenceOutput, drained: DrainOutput): string | null {
  if (fence.strength !== 'PROVEN' || fence.timeline !== drained.timeline) return null
  const bytes = bytesBetween(drained.lsn, fence.lsn)
  return bytes === null ? null : String(bytes > 0n ? bytes : 0n)
}

/** Pure: a pause by the application's own clock where it reported; else only when the gate was open, by the catalog's. */
export function decideFailoverReport(
  traffic: TrafficWorld,
  { failedAt, approvedAt, openedAt, provenAt }: Journal,
  planned: Report['rpo'],
  drained: Pick<DrainOutput, 'isComplete' | 'lossSeconds' | 'lossBasis'> & { lostBytes: string | null },
): Report {
  const pause = pauseOf(traffic, {
    gateOpenMs: failedAt === null ? null : openedAt.getTime() - failedAt.getTime(),
    basis: 'No acknowledgements of both epochs were reported: from the first sign of the failure to the open gate.',
  })
  return {
    ...pause,
    rtoMs: provenAt.getTime() - approvedAt.getTime(),
    rtoFromFailureMs: failedAt === null ? null : provenAt.getTime() - failedAt.getTime(),
    rpo: drained.isComplete
      ? { kind: 'none', seconds: 0, bytes: '0', transactions: '0', basis: drained.lossBasis, until: null }
      : {
          ...planned,
          kind: drained.lossSeconds === null ? 'unknown' : 'bounded',
          seconds: drained.lossSeconds,
          bytes: drained.lostBytes,
          basis: `${drained.lossBasis} What was lost is counted when the old primary returns.`,
          until: null,
        },
  }
}

export function describeReport({ writePauseMs, gateOpenMs, rtoMs, rtoFromFailureMs, rpo }: Report): string {
  const pause =
    writePauseMs !== null
      ? `Writes paused for ${formatMs(writePauseMs)}`
      : gateOpenMs == null
        ? 'The pause could not be measured'
        : `The gate was open ${formatMs(gateOpenMs)} after the first sign of the failure, not measured by writers`
  const failure = rtoFromFailureMs == null ? '' : `, ${formatMs(rtoFromFailureMs)} after the failure`
  const lost =
    rpo.kind === 'none'
      ? 'nothing lost'
      : rpo.seconds === null
        ? 'the loss has no bound'
        : `at most ${rpo.seconds} s lost`
  return `${pause}; writable again ${formatMs(rtoMs ?? 0)} after the approval${failure}; ${lost}.`
}
