import { endSentence } from '@/model/join-sentences'
import type { Status } from '@/model/observations'
import type { OperationDetail } from '@/model/schemas/operations'

type Undone = Pick<OperationDetail, 'plan' | 'statusReason' | 'leftClosedAtEpoch'>

/** What an operation that went back has left: the way it was, or an old primary that could not be opened again. */
export function sayUndone({ plan, statusReason, leftClosedAtEpoch }: Undone): { status: Status; says: string } {
  if (leftClosedAtEpoch === null)
    return { status: 'warn', says: `Nothing was moved. ${statusReason ?? asBefore(plan)}` }
  const closed = `No writer was moved, but ${plan.source.member} could not be opened again: the catalog names it closed at epoch ${leftClosedAtEpoch}.`
  return { status: 'crit', says: statusReason === null ? closed : `${endSentence(statusReason)} ${closed}` }
}

function asBefore(plan: OperationDetail['plan']): string {
  const isMove = ['planned-switchover', 'forced-failover', 'drill-switchover'].includes(plan.kind)
  return isMove ? `${plan.source.member} is the writer, as before.` : 'Everything is as before.'
}
