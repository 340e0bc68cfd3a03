import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import { formatMs } from '@/model/format'
import type { OperationReport } from '@/model/schemas/operations'
import type { StepDone } from '@/server/workflows'
import { epochsOf, type MoveRun, type SwitchoverRun } from '../switchover-deps'

type Report = z.infer<typeof OperationReport>
export type TrafficWorld = {
  old: { lastAckAt: Date; gapMsP99: number | null } | null
  next: { firstAckAt: Date } | null
}

const LOOK_EVERY_MS = 250
/** Applications report what they counted every few seconds; a cell without traffic reports nothing ever. */
export const TRAFFIC_REPORT_WITHIN_MS = 15_000

/** What the writers noticed, from their own acknowledgements where there were any. */
export async function measureSwitchover(run: SwitchoverRun): Promise<StepDone> {
  const traffic = await awaitTraffic(run)
  const journal = {
    frozenAt: run.timeOf('fence-old-primary', 'started'),
    openedAt: run.timeOf('promote-target', 'finished'),
    provenAt: run.timeOf('prove-writable', 'finished'),
  }
  const report = decideReport(traffic, journal, run.params.loss)
  return { says: describeReport(report), output: report }
}

export async function awaitTraffic({ deps, params: plan, signal }: MoveRun): Promise<TrafficWorld> {
  const giveUpAtMs = performance.now() + TRAFFIC_REPORT_WITHIN_MS
  const { now, next } = epochsOf(plan)
  for (;;) {
    const rows = await deps.db.trafficEpoch.findMany({ where: { scope: plan.scope, epoch: { in: [now, next] } } })
    const old = rows.find((row) => row.epoch === now) ?? null
    const fresh = rows.find((row) => row.epoch === next) ?? null
    if (fresh || !old || performance.now() > giveUpAtMs) return { old, next: fresh }
    await sleep(LOOK_EVERY_MS, undefined, { signal })
  }
}

/**
 * Pure: the pause is between two acknowledgements on one clock; without them there is only when the gate was open. Nothing has
 * recovered while its writers still wait, so the recovery time is the longer of the proof and of what they noticed.
 */
export function decideReport(
  traffic: TrafficWorld,
  journal: { frozenAt: Date; openedAt: Date; provenAt: Date },
  loss: Report['rpo'],
): Report {
  const pause = pauseOf(traffic, {
    gateOpenMs: journal.openedAt.getTime() - journal.frozenAt.getTime(),
    basis:
      'No acknowledgements of both epochs were reported: from the start of the fence to the open gate, by the catalog’s clock.',
  })
  const provenMs = journal.provenAt.getTime() - journal.frozenAt.getTime()
  const noticedMs = pause.writePauseMs ?? 0
  return {
    ...pause,
    rtoMs: Math.max(provenMs, noticedMs),
    rtoBasis:
      noticedMs > provenMs
        ? `A write was proven on the target ${formatMs(provenMs)} after the fence began, by the catalog’s clock; writers were refused for longer, so their pause counts.`
        : 'From the start of the fence until the write that was proven on the target, by the catalog’s clock.',
    rpo: {
      ...loss,
      basis: 'The target had replayed the fenced position before it was promoted: nothing acknowledged was lost.',
    },
  }
}

/** Pure: from the application's own acknowledgements where there are any of both epochs. What the journal knows is no pause: nobody noticed it. */
export function pauseOf(
  { old, next }: TrafficWorld,
  journal: { gateOpenMs: number | null; basis: string },
): Pick<Report, 'writePauseMs' | 'gateOpenMs' | 'usualGapMs' | 'basis' | 'lastAckOldEpochAt' | 'firstAckNewEpochAt'> {
  const isMeasured = old !== null && next !== null && next.firstAckAt >= old.lastAckAt
  return {
    writePauseMs: isMeasured ? next.firstAckAt.getTime() - old.lastAckAt.getTime() : null,
    ...(!isMeasured && { gateOpenMs: journal.gateOpenMs }),
    usualGapMs: old?.gapMsP99 ?? null,
    basis: isMeasured
      ? 'Last acknowledged write of the old epoch to the first of the new one, by the application’s clock.'
      : journal.basis,
    lastAckOldEpochAt: old?.lastAckAt.toISOString() ?? null,
    firstAckNewEpochAt: next?.firstAckAt.toISOString() ?? null,
  }
}

export function describeReport(report: Report): string {
  const usual = report.usualGapMs === null ? '' : ` (usual gap ${formatMs(report.usualGapMs)})`
  const pause =
    report.writePauseMs === null
      ? `The gate was open after ${formatMs(report.gateOpenMs ?? 0)}, not measured by writers`
      : `Writes paused for ${formatMs(report.writePauseMs)}${usual}`
  return `${pause}; writable again after ${formatMs(report.rtoMs ?? 0)}; nothing lost.`
}
