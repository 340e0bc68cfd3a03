import type { CalmCatalog } from '@/server/domain/operations/testing-catalog'
import type { Gap } from './plan-rounds'

type GapTarget = {
  requestId: string
  planHash: string
  requesterId: string
  approverId: string
  strangerId: string
}

/** Whether nothing may start any more once the gap has come, however many agree. */
export const isForbidding: Record<Gap, boolean> = {
  none: false,
  'revoke-role': false,
  disable: false,
  machine: false,
  'late-grant': false,
  'self-role': false,
  policy: true,
  epoch: true,
  timeline: true,
  'edit-plan': true,
  'edit-request': false,
  expired: true,
  'expired-clock-behind': true,
  'old-proof': true,
  'signed-out': true,
}

/** Makes it so. Returns what the database let through that it must not. */
export async function widen(calm: CalmCatalog, gap: Gap, target: GapTarget): Promise<string[]> {
  const { db } = calm
  const { requestId, planHash, requesterId, approverId, strangerId } = target
  const grant = (personId: string) => db.roleGrant.create({ data: { personId, role: 'approver' } }).catch(() => null)
  switch (gap) {
    case 'none':
      return []
    case 'revoke-role':
      await db.roleGrant.updateMany({ where: { personId: approverId }, data: { revokedAt: new Date() } })
      return []
    case 'disable':
      await db.person.update({ where: { id: approverId }, data: { disabledAt: new Date() } })
      return []
    case 'machine':
      await db.person.update({ where: { id: approverId }, data: { kind: 'machine' } })
      return []
    case 'late-grant':
      await grant(strangerId)
      return []
    case 'self-role':
      await grant(requesterId)
      return []
    case 'policy':
      await db.$executeRaw`UPDATE residency_policy SET version = version + 1`
      return []
    case 'epoch':
      await db.$executeRaw`UPDATE region_write_epoch SET epoch = epoch + 1`
      return []
    case 'timeline':
      await db.$executeRaw`UPDATE member_observation SET timeline = timeline + 1`
      return []
    case 'edit-plan':
      return editPlan(calm, planHash)
    case 'edit-request':
      return editRequest(calm, requestId)
    case 'expired-clock-behind':
      // The same wrong clock has stamped the proofs of the second factor.
      await db.$executeRaw`UPDATE auth_session SET stepped_up_at = now() - interval '2 hours'`
      return expire(calm, requestId)
    case 'expired':
      return expire(calm, requestId)
    case 'old-proof':
      await db.$executeRaw`UPDATE auth_session SET stepped_up_at = now() - interval '6 minutes'`
      return []
    case 'signed-out':
      await db.$executeRaw`UPDATE auth_session SET expires_at = now() - interval '1 second'`
      return []
  }
}

async function expire({ db }: CalmCatalog, requestId: string): Promise<string[]> {
  await db.$executeRaw`
    UPDATE operation_request SET created_at = now() - interval '1 hour', approve_by = now() - interval '1 second'
     WHERE id = ${requestId}::uuid AND status = 'waiting'`
  return []
}

/** By whoever owns the table: a bound that no rule looks at, so that nothing but the hash can tell. */
async function editPlan({ db }: CalmCatalog, planHash: string): Promise<string[]> {
  const edit = () =>
    db.$executeRaw`UPDATE operation_plan SET body = jsonb_set(body, '{bounds,drainMs}', '59999') WHERE hash = ${planHash}`
  const isLetThrough = await edit().then(
    () => true,
    () => false,
  )
  await db
    .$transaction([
      db.$executeRaw`ALTER TABLE operation_plan DISABLE TRIGGER append_only`,
      db.$executeRaw`UPDATE operation_plan SET body = jsonb_set(body, '{bounds,drainMs}', '59999') WHERE hash = ${planHash}`,
      db.$executeRaw`ALTER TABLE operation_plan ENABLE TRIGGER append_only`,
    ])
    .catch(() => {}) // where the trigger is gone, the plan is edited already
  return isLetThrough ? ['I4: a plan could be edited after it was stored.'] : []
}

/** None of these may be possible for anybody who uses the application's own role. */
async function editRequest({ db }: CalmCatalog, requestId: string): Promise<string[]> {
  const attempts: [string, () => Promise<unknown>][] = [
    [
      'its plan',
      () => db.$executeRaw`UPDATE operation_request SET plan_hash = repeat('0', 64) WHERE id = ${requestId}::uuid`,
    ],
    [
      'its quorum',
      () => db.$executeRaw`UPDATE operation_request SET quorum = quorum - 1 WHERE id = ${requestId}::uuid`,
    ],
    [
      'its requester',
      () =>
        db.$executeRaw`UPDATE operation_request SET requester_id = (SELECT id FROM person WHERE id <> requester_id LIMIT 1) WHERE id = ${requestId}::uuid`,
    ],
  ]
  const found: string[] = []
  for (const [what, attempt] of attempts)
    await attempt().then(
      () => found.push(`I4: a request let ${what} be changed.`),
      () => {},
    )
  return found
}

/** Everything as it was, for the next round. */
export async function mend(calm: CalmCatalog, seededIds: readonly string[]): Promise<void> {
  const { db } = calm
  await db.$executeRaw`UPDATE person SET disabled_at = NULL, kind = 'human'`
  await db.$executeRaw`DELETE FROM role_grant WHERE NOT id = ANY(${[...seededIds]}::uuid[])`
  await db.$executeRaw`UPDATE role_grant SET revoked_at = NULL`
  await db.$executeRaw`UPDATE auth_session SET stepped_up_at = now(), expires_at = now() + interval '8 hours'`
  await calm.settle()
}
