import type { z } from 'zod'
import { DomainError } from '@/model/errors'
import type { StepUp } from '@/model/schemas/session'
import { authorizePerson, type Ctx } from '@/server/context'
import { transact } from '@/server/db'
import type { Auth } from './auth'
import { recordFailedProof, recordProof } from './proof'
import { type CodeOutcome, judgeCode } from './second-factor'

/**
 * Proves the second factor again in this session, by a code. `steppedUpUntil` is the instant up to which it counts, by the
 * catalog's clock. Errors: precondition-failed (wrong or used code, no second factor), rate-limited (locked).
 */
export async function stepUp(
  ctx: Ctx & { auth: Auth },
  { code }: z.output<typeof StepUp>,
): Promise<{ steppedUpUntil: string }> {
  const person = authorizePerson(ctx, 'session:own')
  const secret = await authSecret(ctx.auth)
  const place = { homeRegion: ctx.servedFrom, correlationId: ctx.requestId, method: 'code' as const }
  const outcome = await transact(ctx.db, async (tx) => {
    const session = await tx.session.findUniqueOrThrow({ where: { id: person.sessionId } })
    const judged = await judgeCode(tx, { userId: session.userId, code, now: ctx.clock.now(), secret })
    if (judged === 'accepted') return { judged, ...(await recordProof(tx, person, place)) }
    await recordFailedProof(tx, person, { ...place, outcome: judged })
    return { judged }
  })
  // Thrown after the commit: the failure has been counted and written down.
  if (outcome.judged !== 'accepted') throw refusal[outcome.judged]()
  return { steppedUpUntil: outcome.steppedUpUntil }
}

const refusal = {
  wrong: () => new DomainError('precondition-failed', 'That code is not right. Enter the one shown now.'),
  used: () => new DomainError('precondition-failed', 'That code was used before. Wait for the next one.'),
  locked: () => new DomainError('rate-limited', 'Too many wrong codes. Try again in 15 minutes.'),
  'not-enrolled': () => new DomainError('precondition-failed', 'You have no second factor. An admin can enrol one.'),
} satisfies Record<Exclude<CodeOutcome, 'accepted'>, () => DomainError>

/** The key that second factors are encrypted with; better-auth keeps it in its context. */
async function authSecret(auth: Auth): Promise<string> {
  return (await auth.$context).secret
}
