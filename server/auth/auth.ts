import { betterAuth } from 'better-auth'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { APIError } from 'better-auth/api'
import { twoFactor } from 'better-auth/plugins'
import { v7 as uuidv7 } from 'uuid'
import type { Clock } from '@/server/clock'
import type { Db } from '@/server/db'
import { log } from '@/server/log'
import { CODE_FAILURES_MAX, CODE_LOCK_MS } from './second-factor'
import { COOKIE_PREFIX, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, SESSION_MAX_AGE_MS } from './session-limits'
import { sessionRules } from './session-rules'

export type AuthOptions = {
  db: Db
  clock: Clock
  secret: string
  url: string
  origins: readonly string[]
  servedFrom: string
}
export type Auth = ReturnType<typeof createAuth>

const CHALLENGE_SECONDS = 600
const WINDOW_SECONDS = 60
/** By address; an office shares one. The account's own limit (sign-in-limits.ts) is the narrow one. */
const SIGN_INS_PER_ADDRESS_MAX = 60
const REQUESTS_PER_ADDRESS_MAX = 300

/**
 * The sign-in engine. No cookieCache: with it a revoked session would live on in its cookie, and the second factor could be
 * skipped (GHSA-xg6x-h9c9-2m83). No sign-up, no social sign-in, no linking of accounts by e-mail address.
 */
export function createAuth({ db, clock, secret, url, origins, servedFrom }: AuthOptions) {
  return betterAuth({
    appName: 'Homeport',
    baseURL: url,
    basePath: '/api/auth',
    secret,
    trustedOrigins: [...origins],
    telemetry: { enabled: false },
    database: prismaAdapter(db, { provider: 'postgresql' }),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_CHARS_MIN,
      maxPasswordLength: PASSWORD_CHARS_MAX,
    },
    account: { accountLinking: { enabled: false, disableImplicitLinking: true } },
    session: {
      expiresIn: SESSION_MAX_AGE_MS / 1000,
      disableSessionRefresh: true,
      additionalFields: { steppedUpAt: { type: 'date', required: false, input: false, returned: false } },
    },
    rateLimit: {
      enabled: true,
      storage: 'database',
      window: WINDOW_SECONDS,
      max: REQUESTS_PER_ADDRESS_MAX,
      customRules: {
        '/sign-in/email': { window: WINDOW_SECONDS, max: SIGN_INS_PER_ADDRESS_MAX },
        '/two-factor/verify-totp': { window: WINDOW_SECONDS, max: SIGN_INS_PER_ADDRESS_MAX },
      },
    },
    advanced: {
      // The prefix is part of the name: better-auth's own switch would put `__Secure-` in front of it.
      useSecureCookies: false,
      cookiePrefix: COOKIE_PREFIX,
      defaultCookieAttributes: { secure: true, httpOnly: true, sameSite: 'lax', path: '/' },
      database: { generateId: () => uuidv7() },
    },
    // Messages only: arguments may hold what somebody typed.
    logger: { level: 'warn', log: (level, message) => log[level]({ from: 'better-auth' }, message) },
    onAPIError: {
      // Refusals are audited (session-rules.ts); what is not a refusal is a fault of ours.
      onError: (error) => {
        if (!(error instanceof APIError)) log.error({ err: error }, 'signing in failed unexpectedly')
      },
    },
    plugins: [
      twoFactor({
        issuer: 'Homeport',
        twoFactorCookieMaxAge: CHALLENGE_SECONDS,
        accountLockout: { enabled: true, maxFailedAttempts: CODE_FAILURES_MAX, durationSeconds: CODE_LOCK_MS / 1000 },
      }),
      // After twoFactor, because hooks run in this order and ours must see whether a challenge was put.
      sessionRules({ db, clock, secret, servedFrom }),
    ],
  })
}
