'use client'
import { endSentence } from '@/model/join-sentences'
import type { OperationDetail } from '@/model/schemas/operations'
import { TimeStamp } from '../shell/TimeStamp'
import { Notice } from '../ui/Notice'
import { sayUndone } from './say-undone'

/** What an operator must know before reading on. */
export function OperationSituation({ operation }: { operation: OperationDetail }) {
  if (operation.runnerLost)
    return (
      <Notice status="unknown">
        No contact with a worker for more than ten seconds: the state is unknown, not “running”. Another worker takes
        the operation over by itself; the gates in the cell stay as they are meanwhile.
      </Notice>
    )
  if (operation.status === 'needs-human')
    return (
      <Notice status="crit">A person must decide. {operation.statusReason ?? 'The step that failed says why.'}</Notice>
    )
  if (operation.nextTryAt) return <WaitingForNextTry operation={operation} at={operation.nextTryAt} />
  if (operation.abortRequestedAt && operation.status !== 'undone')
    return (
      <Notice status="warn">
        {endSentence(operation.statusReason ?? 'Abort was requested')} The step that runs is finished, then everything
        done is undone in reverse order.
      </Notice>
    )
  if (operation.status === 'undone') {
    const { status, says } = sayUndone(operation)
    return <Notice status={status}>{says}</Notice>
  }
  if (operation.pauseRequestedAt && operation.status === 'running')
    return (
      <Notice status="warn">
        {endSentence(operation.statusReason ?? 'Pause was requested')} It stops after the step that runs.
      </Notice>
    )
  if (operation.status === 'paused')
    return (
      <Notice status="warn">
        {endSentence(operation.statusReason ?? 'Paused')}{' '}
        {operation.pointOfNoReturnAt ? 'Resume it' : 'Resume or abort it'}: nothing more is started before.
      </Notice>
    )
  return null
}

/** Nobody has to do anything, but whoever brings the server back need not wait for the next try. */
function WaitingForNextTry({ operation, at }: { operation: OperationDetail; at: string }) {
  const step = operation.steps.find(({ status }) => status === 'undoing')
  return (
    <Notice status="warn">
      Going back, but {operation.plan.source.member} cannot be reopened yet: {endSentence(step?.error ?? 'no answer')}{' '}
      Next try at <TimeStamp at={at} />, attempt {(step?.attempts ?? 0) + 1}; or retry now.
    </Notice>
  )
}
