import { type Permission, permissions } from '@/model/permissions'
import { type Db, Prisma, type Tx } from '@/server/db'
import { APPROVERS_SHOWN_MAX } from '../limits'

export type EligiblePerson = { id: string; name: string }

/**
 * Which of these people hold a permission right now by a grant that is not newer than the plan: a role given afterwards could
 * have been given for the sake of this very plan. Disabled people hold nothing, and a machine decides nothing, whatever it holds.
 */
export function listEligibleOf(
  db: Db | Tx,
  permission: Permission,
  planId: string,
  personIds: readonly string[],
): Promise<EligiblePerson[]> {
  return queryEligible(db, permission, planId, Prisma.sql`AND p.id = ANY(${[...personIds]}::uuid[])`)
}

/** Some of all who hold it so, for people to read; `hasMore` says that there are others. Whoever judges asks for those in question. */
export async function listEligibleShown(
  db: Db | Tx,
  permission: Permission,
  planId: string,
  exceptIds: readonly string[],
): Promise<{ people: EligiblePerson[]; hasMore: boolean }> {
  const found = await queryEligible(
    db,
    permission,
    planId,
    Prisma.sql`AND p.id <> ALL(${[...exceptIds]}::uuid[]) ORDER BY p.name, p.id LIMIT ${APPROVERS_SHOWN_MAX + 1}`,
  )
  return { people: found.slice(0, APPROVERS_SHOWN_MAX), hasMore: found.length > APPROVERS_SHOWN_MAX }
}

function queryEligible(
  db: Db | Tx,
  permission: Permission,
  planId: string,
  which: Prisma.Sql,
): Promise<EligiblePerson[]> {
  const roles: readonly string[] = permissions[permission]
  return db.$queryRaw<EligiblePerson[]>`
    SELECT DISTINCT p.id, p.name FROM person p
    JOIN role_grant g ON g.person_id = p.id AND g.revoked_at IS NULL AND g.role = ANY(${[...roles]})
    JOIN operation_plan plan ON plan.id = ${planId}::uuid
    WHERE p.disabled_at IS NULL AND p.kind = 'human' AND g.granted_at <= plan.created_at ${which}`
}

/**
 * Holds people and their roles still until the transaction ends: whoever disables one of them or takes a role away comes
 * either before, and is then seen by what is read next, or after the decision.
 */
export async function lockPeople(tx: Tx, personIds: readonly string[]): Promise<void> {
  const ids = [...new Set(personIds)].sort()
  await tx.$queryRaw`SELECT 1 FROM person WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR SHARE`
  await tx.$queryRaw`SELECT 1 FROM role_grant WHERE person_id = ANY(${ids}::uuid[]) ORDER BY id FOR SHARE`
}

/** Holds the permission now, whenever it was granted. */
export async function holdsNow(db: Db | Tx, permission: Permission, personId: string): Promise<boolean> {
  const roles: readonly string[] = permissions[permission]
  const rows = await db.$queryRaw<unknown[]>`
    SELECT 1 FROM person p JOIN role_grant g ON g.person_id = p.id AND g.revoked_at IS NULL AND g.role = ANY(${[...roles]})
    WHERE p.id = ${personId}::uuid AND p.disabled_at IS NULL LIMIT 1`
  return rows.length > 0
}
