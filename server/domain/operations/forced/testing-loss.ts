import type { ForcedFailoverPlan } from '@/model/schemas/plans'
import type { OperationRecord } from '@/server/workflows'
import type { SwitchoverCell } from '../testing-cell'
import { judgeLedger } from '../testing-writer'
import type { DrainOutput } from './forced-run'

/**
 * The application's own loss since the test began: what it was told at this epoch or an earlier one, and the writer of now
 * does not hold, in seconds and writes.
 */
export async function actualLoss(base: SwitchoverCell, epoch: bigint): Promise<{ lostCount: number; seconds: number }> {
  const { activeMember } = await base.epochRow()
  const acks = base.writer.acks.filter((ack) => ack.epoch <= epoch && ack.sentAtMs > base.healedAtMs)
  const { lost } = judgeLedger(acks, await base.storedRows(activeMember))
  if (lost.length === 0) return { lostCount: 0, seconds: 0 }
  const first = Math.min(...lost.map((ack) => ack.ackedAtMs))
  const last = Math.max(...acks.map((ack) => ack.ackedAtMs))
  return { lostCount: lost.length, seconds: (last - first) / 1_000 }
}

/** Where a run's loss goes beyond what was measured or approved, by the application's own list. */
export async function lossViolations(base: SwitchoverCell, { id, params, status }: OperationRecord): Promise<string[]> {
  const plan = params as ForcedFailoverPlan // the journal keeps the plan's body
  const { activeMember } = await base.epochRow()
  const isUp = (await base.facts(activeMember)) !== null
  if (!isUp) return []
  const { overlapping } = judgeLedger(base.writer.acks, await base.storedRows(activeMember))
  const violations =
    overlapping.length > 0 ? [`${overlapping.length} writes of an old epoch came after a newer one.`] : []
  const actual = await actualLoss(base, BigInt(plan.epoch.from))
  if (status !== 'done')
    return actual.lostCount === 0
      ? violations
      : [...violations, `A run that went back lost ${actual.lostCount} writes.`]
  const step = await base.db.operationStep.findFirstOrThrow({ where: { operationId: id, name: 'drain-target' } })
  const { lossSeconds, isComplete } = step.output as unknown as DrainOutput
  if (isComplete && actual.lostCount > 0) violations.push(`${actual.lostCount} writes were lost where none could be.`)
  const isMeasured = lossSeconds !== null && actual.seconds <= lossSeconds
  const isApproved = plan.loss.seconds === null || (lossSeconds ?? Number.POSITIVE_INFINITY) <= plan.loss.seconds
  if (!isMeasured || !isApproved)
    violations.push(
      `Lost ${actual.seconds} s (${actual.lostCount} writes); measured ${lossSeconds}, approved ${plan.loss.seconds}.`,
    )
  return violations
}
