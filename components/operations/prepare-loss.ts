import { counted, formatMs } from '@/model/format'
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
  const rows = counted(stale.lostWriteCount, 'row')
  const atLeast = stale.lossSecondsActual
  return atLeast === null || atLeast === 0 ? rows : `${rows}, at least ${formatMs(atLeast * 1000)}`
}

function basisOf(stale: OperationDetail['staleServer']): string {
  if (!stale) return 'Counted when the old primary has returned and has been read out.'
  if (stale.status === 'lost') return `${stale.member} is gone for good: what only it held cannot be counted.`
  if (stale.lostWriteCount === null)
    return `Counted when ${stale.member} has returned, is closed and has been read out.`
  const seconds =
    stale.lossSecondsActual === null || stale.lossSecondsActual === 0
      ? ''
      : ' The seconds are those between the newest heartbeat that came over and the newest that only it holds: at the most they are those of the promotion.'
  return `Read out of ${stale.member}: rows that only it holds, of which a transaction may hold several.${seconds}`
}
