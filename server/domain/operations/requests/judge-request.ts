import { type Check, type Drift, OperationPlan } from '@/model/schemas/plans'
import type { Tx } from '@/server/db'
import { hashPlan } from '../hash-plan'
import { kindOf } from '../kinds'
import type { OpenRequest } from './close-request'
import { holdsNow } from './eligible-people'

export type RequestJudgement = {
  plan: OperationPlan
  /** Any of these voids the request. */
  drift: Drift[]
  /** Blocks, and voids nothing. */
  unknown: Check[]
  /** False: somebody changed the stored plan. Then what it says is nobody's intent any more. */
  isGenuine: boolean
}

/** Holds a request that waits against the world as it is: the plan, and whether its requester may still ask. */
export async function judgeRequest(tx: Tx, request: OpenRequest): Promise<RequestJudgement> {
  const row = await tx.operationPlan.findUniqueOrThrow({ where: { id: request.planId } })
  const plan = OperationPlan.parse(row.body)
  const hash = hashPlan(plan)
  if (hash !== request.planHash || plan.kind !== request.kind || plan.scope !== request.scope)
    return { plan, drift: [{ what: 'plan', planned: request.planHash, now: hash }], unknown: [], isGenuine: false }
  const { drift, unknown } = await kindOf(plan.kind).judge(tx, plan, { exceptRequestId: request.id })
  const requester = (await holdsNow(tx, 'operation:request', request.requesterId))
    ? []
    : [{ what: 'requester', planned: 'may ask for operations', now: 'may not' }]
  return { plan, drift: [...drift, ...requester], unknown, isGenuine: true }
}
