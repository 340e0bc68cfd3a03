import { createHash, timingSafeEqual } from 'node:crypto'
import type { Role } from '@/model/permissions'
import type { Clock } from '@/server/clock'
import type { Principal } from '@/server/context'
import { type Db, Prisma } from '@/server/db'
import type { Auth } from './auth'
import { sessionTokenFrom } from './session-cookie'
import { SESSION_IDLE_MAX_MS, SESSION_MAX_AGE_MS, SESSION_TOUCH_MS } from './session-limits'

type Deps = { db: Db; auth: Auth; clock: Clock; routerToken: string | null }

/**
 * Who a request speaks for, or null for nobody. An Authorization header is judged alone: a wrong token never falls back to
 * a cookie. Session, person and roles are read from the catalog every time, so that a change counts with the next request.
 */
export async function principalFrom(headers: Headers, deps: Deps): Promise<Principal | null> {
  const authorization = headers.get('authorization')
  if (authorization !== null) return servicePrincipal(authorization, deps.routerToken)
  const token = sessionTokenFrom(headers, (await deps.auth.$context).secret)
  return token === null ? null : personPrincipal(token, deps)
}

/** Constant time in the content; the length of a token is no secret. */
export function tokensMatch(given: string, expected: string | null): boolean {
  if (!expected) return false
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

function servicePrincipal(authorization: string, routerToken: string | null): Principal | null {
  const token = /^Bearer (\S+)$/.exec(authorization)?.[1]
  if (!token || !tokensMatch(token, routerToken)) return null
  return { kind: 'service', name: 'router-client', roles: ['service'] }
}

type Row = {
  sessionId: string
  personId: string
  name: string
  roles: Role[]
  steppedUpAt: Date | null
  createdAt: Date
  updatedAt: Date
}

async function personPrincipal(token: string, { db, clock }: Deps): Promise<Principal | null> {
  const now = clock.now()
  const [row] = await db.$queryRaw<Row[]>(Prisma.sql`
    SELECT s.id AS "sessionId", p.id AS "personId", p.name, s.stepped_up_at AS "steppedUpAt", s.created_at AS "createdAt", s.updated_at AS "updatedAt",
           coalesce(array_agg(g.role ORDER BY g.role) FILTER (WHERE g.role IS NOT NULL), '{}') AS roles
      FROM auth_session s JOIN auth_user u ON u.id = s.user_id JOIN person p ON p.id = u.person_id
      LEFT JOIN role_grant g ON g.person_id = p.id AND g.revoked_at IS NULL
     WHERE s.token = ${token} AND s.expires_at > ${now} AND p.disabled_at IS NULL
     GROUP BY p.id, s.id`)
  if (!row) return null
  const { personId, name, roles, steppedUpAt, sessionId } = row
  const nowMs = now.getTime()
  if (isOver(row, nowMs)) {
    await db.session.deleteMany({ where: { id: sessionId } })
    return null
  }
  if (nowMs - row.updatedAt.getTime() > SESSION_TOUCH_MS)
    await db.session.updateMany({ where: { id: sessionId }, data: { updatedAt: now } })
  return { kind: 'person', personId, name, roles, sessionId, steppedUpAt }
}

/** Whoever can only look keeps a session for its whole day; whoever can act must not leave it lying about. */
function isOver({ roles, createdAt, updatedAt }: Row, nowMs: number): boolean {
  if (nowMs - createdAt.getTime() > SESSION_MAX_AGE_MS) return true
  const onlyLooks = roles.every((role) => role === 'viewer')
  return !onlyLooks && nowMs - updatedAt.getTime() > SESSION_IDLE_MAX_MS
}
