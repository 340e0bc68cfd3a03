import type { z } from 'zod'
import { DomainError } from '@/model/errors'
import { STEP_UP_MAX_AGE_MS, type StepUp } from '@/model/schemas/session'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { appendAudit, transact } from '@/server/db'
import type { Auth } from './auth'
import { type CodeOutcome, judgeCode } from './second-factor'

/**
 * Proves the second factor again in this session. `steppedUpUntil` is the instant up to which it counts. Errors:
 * forbidden (wrong or used code), rate-limited (locked), precondition-failed (no second factor enrolled).
 */
export async function stepUp(
  ctx: Ctx & { auth: Auth },
  { code }: z.output<typeof StepUp>,
): Promise<{ steppedUpUntil: string }> {
  const person = authorizePerson(ctx, 'session:own')
  const now = ctx.clock.now()
  const secret = await authSecret(ctx.auth)
  const outcome = await transact(ctx.db, async (tx) => {
    const session = await tx.session.findUniqueOrThrow({ where: { id: person.sessionId } })
    const judged = await judgeCode(tx, { userId: session.userId, code, now, secret })
    if (judged === 'accepted') await tx.session.update({ where: { id: session.id }, data: { steppedUpAt: now } })
    await appendAudit(tx, {
      actor: actorOf(person),
      action: judged === 'accepted' ? 'session.stepped-up' : 'session.step-up-failed',
      aggregateType: 'session',
      aggregateId: person.sessionId,
      homeRegion: ctx.servedFrom,
      correlationId: ctx.requestId,
      occurredAt: now,
      detail: judged === 'accepted' ? {} : { outcome: judged },
    })
    return judged
  })
  // Thrown after the commit: the failure has been counted and written down.
  if (outcome !== 'accepted') throw refusal[outcome]()
  return { steppedUpUntil: new Date(now.getTime() + STEP_UP_MAX_AGE_MS).toISOString() }
}

const refusal = {
  wrong: () => new DomainError('precondition-failed', 'That code is not right. Enter the one shown now.'),
  used: () => new DomainError('precondition-failed', 'That code was used before. Wait for the next one.'),
  locked: () => new DomainError('rate-limited', 'Too many wrong codes. Try again in 15 minutes.'),
  'not-enrolled': () => new DomainError('precondition-failed', 'You have no second factor. An admin can enrol one.'),
} satisfies Record<Exclude<CodeOutcome, 'accepted'>, () => DomainError>

/** The key that second factors are encrypted with; better-auth keeps it in its context. */
export async function authSecret(auth: Auth): Promise<string> {
  return (await auth.$context).secret
}
