import { joinSentences } from '@/model/join-sentences'
import type { RequestDetail } from '@/model/schemas/operations'

/**
 * Why nobody can approve a waiting request at this moment, by the live checks; null when all pass or are
 * overridden by name, or when it is decided.
 */
export function whyNotNow({ status, checks }: Pick<RequestDetail, 'status' | 'checks'>): string | null {
  const standing = checks.filter((check) => check.outcome !== 'passed' && check.overriddenBecause === undefined)
  if (status !== 'waiting' || standing.length === 0) return null
  return `This cannot be approved right now: ${joinSentences(standing.map((check) => check.says))}`
}
