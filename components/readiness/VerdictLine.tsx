'use client'
import { formatSpan } from '@/model/format'
import type { ReadinessVerdict } from '@/model/schemas/readiness'
import { useNow } from '../shell/clock'
import { StatusPill } from '../ui/StatusPill'
import { verdictStatus } from './readiness-words'

/** The verdict first, the score second, and when that was found out. */
export function VerdictLine({ verdict }: { verdict: ReadinessVerdict }) {
  const nowMs = useNow()
  const { kind, says, score, evaluatedAt } = verdict
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <StatusPill status={verdictStatus[kind]} word={says} />
      <span className="text-sm whitespace-nowrap text-ink-3">
        {score === null ? 'No score' : `Score ${score} of 100`}
        {evaluatedAt && ` · evaluated ${formatSpan(Math.max(0, nowMs - Date.parse(evaluatedAt)))} ago`}
      </span>
    </span>
  )
}
