import { formatCount, formatMs } from '@/model/format'
import type { OperationDetail } from '@/model/schemas/operations'

type LossLine = { name: string; value: string | null; basis: string }

type Facts = Pick<OperationDetail, 'plan' | 'report' | 'staleServer'>

/**
 * Pure: the loss as it was approved, as it was known when the target had been drained, and as it was counted when the old
 * primary was read out. Null where it is not known: never zero, and never left out.
 */
export function prepareLoss({ plan, report, staleServer }: Facts): LossLine[] {
  return [
    { name: 'Approved, at most', value: secondsOf(plan.loss), basis: plan.loss.basis },
    {
      name: 'At the promotion, at most',
      value: report ? secondsOf(report.rpo) : null,
      basis: report?.rpo.basis ?? 'Known once the target has been drained and promoted.',
    },
    { name: 'Counted', value: countedOf(staleServer), basis: basisOf(staleServer) },
  ]
}

function secondsOf(loss: OperationDetail['plan']['loss']): string | null {
  if (loss.kind === 'none') return 'none'
  return loss.kind === 'unknown' || loss.seconds === null ? null : formatMs(loss.seconds * 1000)
}

function countedOf(stale: OperationDetail['staleServer']): string | null {
  if (!stale || stale.lostWriteCount === null) return null
  const writes = stale.lostWriteCount === 1 ? '1 write' : `${formatCount(stale.lostWriteCount)} writes`
  return stale.lossSecondsActual === null ? writes : `${writes}, ${formatMs(stale.lossSecondsActual * 1000)}`
}

function basisOf(stale: OperationDetail['staleServer']): string {
  if (!stale) return 'Counted when the old primary has returned and has been read out.'
  if (stale.status === 'lost') return `${stale.member} is gone for good: what only it held cannot be counted.`
  if (stale.lostWriteCount === null)
    return `Counted when ${stale.member} has returned, is closed and has been read out.`
  return `Read out of ${stale.member}: rows that only it holds.`
}
