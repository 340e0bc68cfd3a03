import { createHash } from 'node:crypto'
import { canonicalJson } from '@/model/canonical-json'
import type { OperationPlan } from '@/model/schemas/plans'

/** What people approve: SHA-256 over the one text of the plan (RFC 8785), in lower-case hex. */
export function hashPlan(plan: OperationPlan): string {
  return createHash('sha256').update(canonicalJson(plan), 'utf8').digest('hex')
}
