import { isIP } from 'node:net'
import type { BetterAuthPlugin } from 'better-auth'
import { APIError, createAuthMiddleware } from 'better-auth/api'
import { deleteSessionCookie } from 'better-auth/cookies'
import { z } from 'zod'
import type { Clock } from '@/server/clock'
import { type Db, transact } from '@/server/db'
import { auditSession } from './audit-session'
import { UNKNOWN_ADDRESS } from './client-address'
import { claimCode } from './second-factor'
import { admitSignIn, forgiveSignIn } from './sign-in-limits'

/** What may be sent: nothing that trusts a device for later or prolongs the session. */
const SignIn = z.strictObject({ email: z.email().max(320), password: z.string().min(1).max(1024) })
const Code = z.strictObject({ code: z.string().regex(/^\d{6}$/) })

/** better-auth's name, which it does not export, of the cookie that stands for a right password until the code is given. */
const CHALLENGE_COOKIE = 'two_factor'

type Rules = { db: Db; clock: Clock; secret: string; servedFrom: string }

/** Our rules around better-auth's endpoints: strict bodies, tries counted by account, codes once, every outcome audited. */
export function sessionRules(rules: Rules) {
  const { db, clock, secret } = rules
  /** Whose challenge a code answers, found before better-auth takes the challenge away for too many wrong ones. */
  const triedUsers = new WeakMap<Request, string>()
  const beforeSignIn = createAuthMiddleware(async (ctx) => {
    const body = SignIn.safeParse(ctx.body)
    if (!body.success) throw new APIError('BAD_REQUEST', { message: 'Send an e-mail address and a password.' })
    const attempt = { email: body.data.email, address: addressOf(ctx.headers), nowMs: clock.now().getTime() }
    const admission = await admitSignIn(db, attempt)
    if (admission.held === null) return
    if (admission.isFirst)
      await auditSession(rules, {
        action: 'session.sign-in-held',
        email: attempt.email,
        detail: { limit: admission.held, address: knownAddress(ctx.headers) },
      })
    throw new APIError('TOO_MANY_REQUESTS', { message: 'Too many tries. Wait a minute and try again.' })
  })

  const afterSignIn = createAuthMiddleware(async (ctx) => {
    const email = String(ctx.body?.email ?? '')
    if (ctx.context.returned instanceof APIError) {
      await auditSession(rules, {
        action: 'session.sign-in-failed',
        email,
        detail: { factor: 'password', address: knownAddress(ctx.headers) },
      })
      return
    }
    await forgiveSignIn(db, { email, address: addressOf(ctx.headers), nowMs: clock.now().getTime() })
    const made = ctx.context.newSession
    if (!made) return ctx.json({ twoFactorRedirect: true })
    await auditSession(rules, {
      action: 'session.signed-in',
      userId: made.user.id,
      sessionId: made.session.id,
      detail: { factors: 1 },
    })
    // The token stays in the HttpOnly cookie.
    return ctx.json({ twoFactorRedirect: false })
  })

  const beforeCode = createAuthMiddleware(async (ctx) => {
    if (!Code.safeParse(ctx.body).success) throw new APIError('BAD_REQUEST', { message: 'Send a code of six digits.' })
    // Inside a session better-auth would judge codes without counting failures: that is what session.stepUp is for.
    if (await ctx.getSignedCookie(ctx.context.authCookies.sessionToken.name, ctx.context.secret))
      throw new APIError('BAD_REQUEST', { message: 'You are signed in. Sign out first.' })
    const challenge = await ctx.getSignedCookie(ctx.context.createAuthCookie(CHALLENGE_COOKIE).name, ctx.context.secret)
    const tried = challenge ? await ctx.context.internalAdapter.findVerificationValue(challenge) : null
    if (tried && ctx.request) triedUsers.set(ctx.request, tried.value)
  })

  const afterCode = createAuthMiddleware(async (ctx) => {
    const made = ctx.context.newSession
    if (!made) {
      await auditSession(rules, {
        action: 'session.sign-in-failed',
        userId: ctx.request && triedUsers.get(ctx.request),
        detail: { factor: 'code', address: knownAddress(ctx.headers) },
      })
      return
    }
    const now = clock.now()
    const isFirstUse = await transact(db, async (tx) => {
      const claimed = await claimCode(tx, { userId: made.user.id, code: ctx.body.code, now, secret })
      if (claimed)
        await tx.$executeRaw`UPDATE auth_session SET stepped_up_at = clock_timestamp() WHERE id = ${made.session.id}`
      else await tx.session.delete({ where: { id: made.session.id } })
      return claimed
    })
    if (!isFirstUse) {
      deleteSessionCookie(ctx)
      await auditSession(rules, {
        action: 'session.sign-in-failed',
        userId: made.user.id,
        detail: { factor: 'code', outcome: 'used', address: knownAddress(ctx.headers) },
      })
      throw new APIError('UNAUTHORIZED', { message: 'That code was used before. Wait for the next one.' })
    }
    await auditSession(rules, {
      action: 'session.signed-in',
      userId: made.user.id,
      sessionId: made.session.id,
      detail: { factors: 2 },
    })
    return ctx.json({ status: true })
  })

  const beforeSignOut = createAuthMiddleware(async (ctx) => {
    const token = await ctx.getSignedCookie(ctx.context.authCookies.sessionToken.name, ctx.context.secret)
    const session = token ? await db.session.findUnique({ where: { token } }) : null
    if (session)
      await auditSession(rules, {
        action: 'session.signed-out',
        userId: session.userId,
        sessionId: session.id,
        detail: {},
      })
  })

  return {
    id: 'homeport-session-rules',
    hooks: {
      before: [
        { matcher: at('/sign-in/email'), handler: beforeSignIn },
        { matcher: at('/two-factor/verify-totp'), handler: beforeCode },
        { matcher: at('/sign-out'), handler: beforeSignOut },
      ],
      after: [
        { matcher: at('/sign-in/email'), handler: afterSignIn },
        { matcher: at('/two-factor/verify-totp'), handler: afterCode },
      ],
    },
  } satisfies BetterAuthPlugin
}

const at = (path: string) => (ctx: { path?: string }) => ctx.path === path

/** Only part of a key for counting tries, never an identity. One address, judged before (client-address.ts). */
function addressOf(headers: Headers | undefined): string {
  return headers?.get('x-forwarded-for') ?? 'unknown'
}

/** For the audit trail: where a try came from as far as that could be judged, which a client cannot write itself; else null. */
function knownAddress(headers: Headers | undefined): string | null {
  const address = addressOf(headers)
  return isIP(address) && address !== UNKNOWN_ADDRESS ? address : null
}
