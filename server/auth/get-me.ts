import type { z } from 'zod'
import type { Role } from '@/model/permissions'
import { type Permission, permissions, rolesMay } from '@/model/permissions'
import type { Me, ShellFacts } from '@/model/schemas/session'
import { provenUntil } from '@/model/step-up'
import { authorize, authorizePerson, type Ctx } from '@/server/context'
import { catalogNow } from '@/server/db'
import type { Auth } from './auth'
import { relyingPartyOf } from './passkeys/relying-party'

/** The signed-in person: who they are, what they may do, and until when their second factor counts. */
export async function getMe(ctx: Ctx & { auth: Auth }): Promise<Me> {
  const principal = authorizePerson(ctx, 'session:own')
  const person = await ctx.db.person.findUniqueOrThrow({
    where: { id: principal.personId },
    include: { users: { include: { twofactors: { where: { verified: true } } } } },
  })
  const party = relyingPartyOf(ctx.auth)
  const passkeyCount = await ctx.db.passkey.count({
    where: { user: { sessions: { some: { id: principal.sessionId } } } },
  })
  return {
    personId: person.id,
    name: person.name,
    email: person.email,
    roles: principal.roles.filter((role): role is Role => role !== 'service'),
    permissions: (Object.keys(permissions) as Permission[]).filter((permission) =>
      rolesMay(principal.roles, permission),
    ),
    steppedUpUntil: provenUntil(principal.steppedUpAt, await catalogNow(ctx.db))?.toISOString() ?? null,
    hasSecondFactor: person.users.some((user) => user.twofactors.length > 0),
    passkeyCount,
    whyNoPasskeys: 'why' in party ? party.why : null,
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
