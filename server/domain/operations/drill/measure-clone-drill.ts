import { formatMs } from '@/model/format'
import type { OperationReport } from '@/model/schemas/operations'
import type { CloneDrillPlan } from '@/model/schemas/plans'
import { announce, type Tx } from '@/server/db'
import type { StepDone } from '@/server/workflows'
import type { CloneOutput, CloneRun } from './clone-run'
import type { NotedOutput } from './clone-steps'
import { compareWithObjectives, sayMet } from './compare-with-objectives'
import { noteRun } from './note-run'

export async function measureCloneDrill(run: CloneRun): Promise<StepDone> {
  const report = decideCloneReport({
    plan: run.params,
    noted: run.outputOf<NotedOutput>('note-positions'),
    copy: run.outputOf<CloneOutput>('start-clone'),
    lostAt: run.timeOf('note-positions', 'finished'),
    provenAt: run.timeOf('prove-writable', 'finished'),
  })
  return { says: sayMet(report), output: report }
}

type Measured = { plan: CloneDrillPlan; noted: NotedOutput; copy: CloneOutput; lostAt: Date; provenAt: Date }

/** Pure. What the standby lacked when the primary was imagined lost, and how long it took until a copy of it took writes. */
export function decideCloneReport({ plan, noted, copy, lostAt, provenAt }: Measured): OperationReport {
  const rtoMs = Math.max(0, provenAt.getTime() - lostAt.getTime())
  const ageMs = noted.heartbeatAgeMs
  return compareWithObjectives(
    {
      writePauseMs: null,
      usualGapMs: null,
      basis: `From the imagined loss to the canary write on the copy, by the catalog’s clock; ${formatMs(copy.tookMs)} of it copied and promoted, which a failover to a standby does without the copying.`,
      rtoMs,
      copyMs: copy.tookMs,
      rpo: {
        kind: ageMs === null ? 'unknown' : 'bounded',
        seconds: ageMs === null ? null : Math.ceil(Math.max(0, ageMs) / 100) / 10,
        bytes: noted.behindBytes,
        transactions: null,
        basis: `Age of the newest heartbeat of ${plan.source.member} on ${plan.target.member}, and what it had not received, at that moment.`,
        until: null,
      },
      lastAckOldEpochAt: null,
      firstAckNewEpochAt: null,
    },
    plan,
  )
}

/** In the transaction that ends the run: the schedule counts from a drill that went through. */
export async function recordCloneDrill(tx: Tx, run: CloneRun): Promise<void> {
  await noteRun(tx, { cellId: run.params.cell, kind: 'drill-clone', operationId: run.operationId })
  await announce(tx, { topic: 'operations', ids: [run.operationId] })
}
