import { v5 as uuidv5 } from 'uuid'
import { joinSentences } from '@/model/join-sentences'
import type { Check, OperationPlan } from '@/model/schemas/plans'
import type { Actor, Tx } from '@/server/db'
import { isAgainst } from '../forced/forced-rules'
import { kindOf } from '../kinds'
import { REQUESTS_PER_INTENT_MAX } from '../limits'
import { storePlan } from '../store-plan'
import type { OpenRequest } from './close-request'
import { holdsNow } from './eligible-people'
import { insertRequest } from './insert-request'

/** What became of the intent of a request whose plan is no longer true. */
export type AskedAgain = { request: { id: string; code: string } | null; says: string }

/** Half of the key of a successor; the other half is the request it follows. So a request has at most one, whoever asks. */
const SUCCESSOR_NAMESPACE = '0c0e9a53-2d6c-5b0e-8a7e-5f2f7f6f1c55'

/**
 * Puts the intent of a voided request as a new one: same requester, same reason, a fresh plan, no vote carried over. Only
 * while the requester may ask, the fresh plan passes every check, and it still fences the region that the requester typed.
 */
export async function askAgain(
  tx: Tx,
  voided: OpenRequest,
  plan: OperationPlan,
  { actor, homeRegion }: { actor: Actor; homeRegion: string },
): Promise<AskedAgain> {
  const notAgain = (says: string): AskedAgain => ({ request: null, says: `It was not asked again: ${says}` })
  if (!(await holdsNow(tx, 'operation:request', voided.requesterId)))
    return notAgain('whoever asked may no longer ask for operations.')
  if ((await countIntent(tx, voided.id)) >= REQUESTS_PER_INTENT_MAX)
    return notAgain(`it was asked ${REQUESTS_PER_INTENT_MAX} times, and the world moved each time.`)
  if (plan.kind === 'forced-failover' && plan.isBreakGlass)
    return notAgain('break the glass again, with a plan that is true.')
  const replan = kindOf(plan.kind).replan
  if (!replan) return notAgain('a plan of this kind is made by hand.')
  const { plan: fresh, checks } = await replan(tx, plan, voided.requesterId)
  if (!fresh) {
    return notAgain(whyNoPlan(checks))
  }
  if (fresh.source.region !== plan.source.region)
    return notAgain(`it would now fence ${fresh.source.region}, and ${plan.source.region} is what was typed.`)
  const stored = await storePlan(tx, fresh, { actor, homeRegion })
  const { incidentRef } = await tx.operationRequest.findUniqueOrThrow({
    where: { id: voided.id },
    select: { incidentRef: true },
  })
  const { id, code } = await insertRequest(tx, {
    plan: { id: stored.id, hash: stored.hash, body: fresh },
    requesterId: voided.requesterId,
    reason: voided.reason,
    incidentRef,
    idempotencyKey: uuidv5(voided.id, SUCCESSOR_NAMESPACE),
    actor,
    homeRegion,
    supersedes: { id: voided.id, code: voided.code },
  })
  return { request: { id, code }, says: `${code} asks again with a fresh plan.` }
}

/** Pure: what stands against a fresh plan. What the request overrides by name does not. */
export function whyNoPlan(checks: readonly Check[]): string {
  const against = checks.filter(isAgainst).map(({ says }) => says)
  return against.length > 0 ? joinSentences(against) : 'no plan can be made right now.'
}

/** How many requests in a row stand for this intent, the given one included. */
async function countIntent(tx: Tx, requestId: string): Promise<number> {
  const [row] = await tx.$queryRaw<{ n: bigint }[]>`
    WITH RECURSIVE intent AS (
      SELECT id, supersedes, 1 AS depth FROM operation_request WHERE id = ${requestId}::uuid
      UNION ALL
      SELECT r.id, r.supersedes, intent.depth + 1 FROM operation_request r JOIN intent ON r.id = intent.supersedes
      WHERE intent.depth < ${REQUESTS_PER_INTENT_MAX})
    SELECT count(*) AS n FROM intent`
  return Number(row!.n)
}
