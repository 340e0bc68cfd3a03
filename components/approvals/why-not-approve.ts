import { whyNotApprovable } from '@/model/approval-rules'
import type { RequestDetail } from '@/model/schemas/operations'
import { whyNotNow } from './why-not-now'

type Facts = Pick<RequestDetail, 'status' | 'approveBy' | 'whyNotYou' | 'checks' | 'plan' | 'drift'>

/** Pure: what stands in the way of this person's no, and of their yes. The server decides by the same rules. */
export function whyNotDecideHere(request: Facts, nowMs: number): { reject: string | null; approve: string | null } {
  const hasExpired = Date.parse(request.approveBy) <= nowMs
  const reject = hasExpired ? 'This request has expired.' : request.whyNotYou
  const approve =
    reject ??
    whyNotApprovable(request.plan) ??
    (request.drift.length > 0
      ? 'The world has moved since this plan was made: it is asked again with a fresh plan.'
      : null) ??
    whyNotNow(request)
  return { reject, approve }
}
