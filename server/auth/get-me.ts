import type { z } from 'zod'
import type { Role } from '@/model/permissions'
import { type Permission, permissions, rolesMay } from '@/model/permissions'
import { type Me, type ShellFacts, STEP_UP_MAX_AGE_MS } from '@/model/schemas/session'
import { authorize, authorizePerson, type Ctx } from '@/server/context'

/** The signed-in person: who they are, what they may do, and until when their second factor counts. */
export async function getMe(ctx: Ctx): Promise<Me> {
  const principal = authorizePerson(ctx, 'session:own')
  const person = await ctx.db.person.findUniqueOrThrow({
    where: { id: principal.personId },
    include: { users: { include: { twofactors: { where: { verified: true } } } } },
  })
  return {
    personId: person.id,
    name: person.name,
    email: person.email,
    roles: principal.roles.filter((role): role is Role => role !== 'service'),
    permissions: (Object.keys(permissions) as Permission[]).filter((permission) =>
      rolesMay(principal.roles, permission),
    ),
    steppedUpUntil: steppedUpUntil(principal.steppedUpAt, ctx.clock.now())?.toISOString() ?? null,
    hasSecondFactor: person.users.some((user) => user.twofactors.length > 0),
  }
}

/** What the banner of every page shows. */
export async function getShellFacts(
  ctx: Ctx & { environment: 'PROD' | 'STAGE' | 'DEMO' },
): Promise<z.output<typeof ShellFacts>> {
  authorize(ctx, 'session:own')
  const now = ctx.clock.now()
  return {
    servedFrom: ctx.servedFrom,
    environment: ctx.environment,
    approvalsWaiting: await ctx.db.operationRequest.count({ where: { status: 'waiting', approveBy: { gt: now } } }),
    serverNow: now.toISOString(),
  }
}

/** Null when the last proof is too old to count. */
function steppedUpUntil(steppedUpAt: Date | null, now: Date): Date | null {
  if (!steppedUpAt) return null
  const until = new Date(steppedUpAt.getTime() + STEP_UP_MAX_AGE_MS)
  return until > now ? until : null
}
