import type { Check, Drift } from '@/model/schemas/plans'

/** A plan held against the world as it is now. */
export type Judgement = {
  checks: Check[]
  /** Any of these voids the plan: the world is known to be another one. */
  drift: Drift[]
  /** What cannot be judged now. It blocks, but voids nothing: not knowing is no change. */
  unknown: Check[]
}
