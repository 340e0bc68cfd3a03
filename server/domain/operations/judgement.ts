import type { Check, Drift } from '@/model/schemas/plans'

/** A plan held against the world as it is now. */
export type Judgement = {
  checks: Check[]
  /** Any of these voids the plan: the world is known to be another one. */
  drift: Drift[]
  /** What cannot be judged now. It blocks, but voids nothing: not knowing is no change. */
  unknown: Check[]
}

/** The request or the operation that is being judged must not stand in its own way. */
export type Except = { exceptRequestId?: string; exceptOperationId?: string }

/** Of a plan whose cell is gone: there is nothing left to check, and nothing that the plan says still holds. */
export function cellIsGone(cell: string): Judgement {
  return { checks: [], drift: [{ what: 'cell', planned: cell, now: 'not in the estate' }], unknown: [] }
}
