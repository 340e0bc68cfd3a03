import { formatMs } from '@/model/format'
import type { OperationDetail, StepView } from '@/model/schemas/operations'
import type { OperationState } from '@/model/states'

/** `range` is null where past runs are too few. */
export type Estimate = { range: { lowMs: number; highMs: number } | null; basis: string }

/**
 * What is left, from past runs of the same steps: p50 to p95, or why there is no estimate. Null when nothing is left, and
 * when the steps are not on their way: how long a pause lasts, or a person takes, no past run knows.
 */
export function prepareEstimate(
  { status, steps }: { status: OperationState; steps: readonly StepView[] },
  nowMs: number,
): Estimate | null {
  if (status !== 'queued' && status !== 'running') return null
  const left = steps.filter(
    (step) => step.status === 'pending' || step.status === 'running' || step.status === 'unknown',
  )
  if (left.length === 0) return null
  const known = left.map((step) => step.usualMs)
  if (known.some((usual) => usual === null))
    return { range: null, basis: 'no estimate yet: it takes three finished runs' }
  const spentMs = left.reduce((sum, step) => sum + (step.startedAt ? nowMs - Date.parse(step.startedAt) : 0), 0)
  const total = (pick: 'p50' | 'p95') => known.reduce((sum, usual) => sum + (usual?.[pick] ?? 0), 0)
  const runs = Math.min(...known.map((usual) => usual?.count ?? 0))
  const range = { lowMs: Math.max(0, total('p50') - spentMs), highMs: Math.max(0, total('p95') - spentMs) }
  return { range, basis: `p50 to p95 of ${runs} past runs` }
}

/** Time from the start to the end, or to now while it runs; null before the start. */
export function elapsedMs(
  { startedAt, finishedAt }: Pick<OperationDetail, 'startedAt' | 'finishedAt'>,
  nowMs: number,
): number | null {
  if (startedAt === null) return null
  return Math.max(0, (finishedAt ? Date.parse(finishedAt) : nowMs) - Date.parse(startedAt))
}

/** Of one that has ended. It may have been aborted before any worker took it: then no time was taken, which is not 0 ms. */
export function sayTook(operation: Pick<OperationDetail, 'startedAt' | 'finishedAt'>, nowMs: number): string {
  const tookMs = elapsedMs(operation, nowMs)
  return tookMs === null ? 'never started' : `took ${formatMs(tookMs)}`
}

/** "3 of 13 steps done, now: Fence the old primary and prove it." */
export function sayProgress(operation: Pick<OperationDetail, 'stepsDone' | 'stepsTotal' | 'currentStep'>): string {
  const counted = `${operation.stepsDone} of ${operation.stepsTotal} steps done`
  return operation.currentStep ? `${counted}, now: ${operation.currentStep}` : counted
}
