'use client'
import { formatMs, formatSpan } from '@/model/format'
import type { OperationDetail } from '@/model/schemas/operations'
import { useNow } from '../shell/clock'
import { TimeStamp } from '../shell/TimeStamp'
import { type Estimate, elapsedMs, prepareEstimate, sayProgress, sayTook } from './prepare-progress'

/** How long it has run, how long it may still take, and when its worker was last heard of. */
export function OperationClocks({ operation }: { operation: OperationDetail }) {
  const nowMs = useNow()
  const spentMs = elapsedMs(operation, nowMs)
  if (operation.finishedAt)
    return (
      <p className="text-sm text-ink-2">
        <span className="font-mono">{operation.code}</span> · {sayTook(operation, nowMs)}, ended{' '}
        <TimeStamp at={operation.finishedAt} />
      </p>
    )
  const estimate = prepareEstimate(operation, nowMs)
  const facts = [
    spentMs === null ? 'not started' : `running ${formatSpan(spentMs)}`,
    sayProgress(operation),
    estimate && sayEstimate(estimate),
    operation.heartbeatAt && `worker heard ${formatSpan(nowMs - Date.parse(operation.heartbeatAt))} ago`,
  ]
  return (
    <p className="text-sm text-ink-2">
      <span className="font-mono">{operation.code}</span> · {facts.filter(Boolean).join(' · ')}
    </p>
  )
}

function sayEstimate({ range, basis }: Estimate): string {
  return range === null ? basis : `about ${formatMs(range.lowMs)} to ${formatMs(range.highMs)} left (${basis})`
}
