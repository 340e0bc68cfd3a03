import { OperationPlan } from '@/model/schemas/plans'
import type { Db } from '@/server/db'
import { hashPlan } from '@/server/domain/operations/hash-plan'
import { unplacedEvents } from '../forced/judge'
import { isForbidding } from './gaps'
import type { Round } from './plan-rounds'

/** One answer of the console to one click. */
export type Click = {
  who: string
  what: 'approve' | 'reject'
  status: number
  says: string | null
  operationId: string | null
}

/** "The catalog does not answer in time": on a crowded pool that is the honest answer, and nothing was done. */
const UNAVAILABLE = 503
const ACTIVE = ['queued', 'running', 'paused', 'undoing', 'needs-human']

/**
 * I4, I5, I7 and I14 of one request, from the catalog's rows and the clicks' own answers; nothing here asks the rules it judges.
 * `changedAt`: by then the round's change was in the catalog. What was consumed before may have been right not to see it.
 */
export async function approvalViolations(
  db: Db,
  requestId: string,
  round: Round,
  clicks: readonly Click[],
  changedAt: Date,
): Promise<string[]> {
  const request = await db.operationRequest.findUniqueOrThrow({
    where: { id: requestId },
    include: { plan: true, approvals: true },
  })
  const operations = await db.operation.findMany({ where: { requestId } })
  const yeses = clicks.filter(({ what, status }) => what === 'approve' && status === 200)
  const noes = clicks.filter(({ what, status }) => what === 'reject' && status === 200)
  const starts = yeses.filter(({ operationId }) => operationId !== null)
  const found: string[] = []
  if (operations.length > 1) found.push(`I5: one request started ${operations.length} operations.`)
  if (starts.length !== operations.length)
    found.push(`I5: ${starts.length} clicks were told that they had started what started ${operations.length} times.`)
  if (noes.length > 0 && operations.length > 0) found.push('I4: it was started although somebody had said no.')
  if ((request.status === 'consumed') !== operations.length > 0)
    found.push(`I5: the request is ${request.status} and started ${operations.length} operations.`)
  if (round.afterMs === null && isForbidding[round.gap] && operations.length > 0)
    found.push(`I4: it was started after ${round.gap}.`)
  const twice = request.approvals.length - new Set(request.approvals.map(({ personId }) => personId)).size
  if (twice > 0) found.push(`I5: ${twice} votes are a person's second.`)
  if (operations.length > 0)
    found.push(...(await quorumViolations(db, request, unseen(round, request.closedAt, changedAt))))
  found.push(...(await auditViolations(db, request, yeses.length, noes.length)))
  const scopes = await db.operation.groupBy({ by: ['scope'], where: { status: { in: ACTIVE } }, _count: true })
  for (const { scope, _count } of scopes) if (_count > 1) found.push(`I5: ${_count} operations are active on ${scope}.`)
  for (const { who, what, status, says } of clicks) {
    if (status >= 500 && status !== UNAVAILABLE)
      found.push(`I6: a click was answered ${status}: ${says?.replace(/ Quote.*/, '')}`)
    if (status === 200 && ['viewer', 'operator', 'nobody'].includes(who)) found.push(`I14: ${who} could ${what}.`)
  }
  return [...new Set(found), ...(await unplacedEvents(db)).map((says) => `I7: ${says}`)]
}

type Judged = {
  id: string
  planHash: string
  quorum: number
  requesterId: string
  closedAt: Date | null
  approveBy: Date
  breakGlass: boolean
  plan: { body: unknown; createdAt: Date }
  approvals: readonly { personId: string; planHash: string; decision: string; authenticatedAt: Date; decidedAt: Date }[]
}

/** I4: what was started is what was read, by enough distinct people who then had the right by a grant older than the plan. */
async function quorumViolations(db: Db, request: Judged, unseen: Round['gap'] | null): Promise<string[]> {
  const found: string[] = []
  const hash = hashPlan(OperationPlan.parse(request.plan.body))
  if (hash !== request.planHash && unseen !== 'edit-plan')
    found.push('I4: the plan that was started is not the one that was approved.')
  if (request.breakGlass) return found
  const at = request.closedAt ?? new Date()
  if (at > request.approveBy) found.push('I4: it was consumed after it had expired.')
  const entitled = await db.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT p.id FROM person p JOIN role_grant g ON g.person_id = p.id
     WHERE (p.kind = 'human' OR ${unseen === 'machine'}) AND (p.disabled_at IS NULL OR p.disabled_at > ${at})
       AND g.role IN ('approver', 'admin') AND g.granted_at <= ${request.plan.createdAt} AND (g.revoked_at IS NULL OR g.revoked_at > ${at})`
  const persons = new Set(
    request.approvals
      .filter(
        ({ personId, planHash, decision }) =>
          decision === 'approve' && planHash === request.planHash && personId !== request.requesterId,
      )
      .filter(({ personId }) => entitled.some(({ id }) => id === personId))
      .map(({ personId }) => personId),
  )
  if (persons.size < request.quorum)
    found.push(`I4: ${persons.size} entitled people agreed, and ${request.quorum} must.`)
  return found
}

/** These two leave no time in the catalog at which they came to be, so that only the order of the moments tells. */
function unseen({ gap }: Round, closedAt: Date | null, changedAt: Date): Round['gap'] | null {
  return closedAt !== null && closedAt < changedAt ? gap : null
}

/** I7: every answer of "counted" has its event, every vote too, and no event tells of what did not happen. */
async function auditViolations(db: Db, { id, approvals }: Judged, yeses: number, noes: number): Promise<string[]> {
  const events = await db.globalAuditEvent.findMany({ where: { correlationId: id }, select: { actionType: true } })
  const told = (action: string) => events.filter(({ actionType }) => actionType === action).length
  const voted = approvals.filter(({ decision }) => decision === 'approve').length
  const found: string[] = []
  if (told('request.approved') !== voted) found.push(`I7: ${voted} votes, and ${told('request.approved')} are told.`)
  if (yeses > voted) found.push(`I7: ${yeses} clicks were told that they counted, and ${voted} did.`)
  if (noes > 1 || noes > told('request.rejected'))
    found.push(`I7: ${noes} clicks said no, and ${told('request.rejected')} are told.`)
  if (told('request.made') !== 1) found.push(`I7: the request is told ${told('request.made')} times.`)
  return found
}

/** I7, for a change that did not commit: nothing is told of a request that is not there. */
export async function orphanedEvents(db: Db): Promise<string[]> {
  const [row] = await db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) FROM global_audit_event e WHERE e.aggregate_type = 'operation_request'
       AND NOT EXISTS (SELECT FROM operation_request r WHERE r.id = e.aggregate_id)`
  return Number(row!.count) > 0 ? [`I7: ${row!.count} events tell of requests that were never made.`] : []
}
