import { DomainError } from '@/model/errors'
import { provenAt, STEP_UP_MAX_AGE_MS } from '@/model/step-up'
import { actorOf, type Person } from '@/server/context'
import { appendAudit, catalogNow, type Db, type Tx } from '@/server/db'

type Method = 'code' | 'passkey'
type Place = { homeRegion: string; correlationId: string }

/** For changes to what proves a person: nobody adds a factor to a session that was left open. */
export async function requireFreshProof(db: Db | Tx, person: Person): Promise<void> {
  provenAt(person, await catalogNow(db)) // throws `step-up-required`
}

/** Dates the proof by the catalog's clock and writes it down; in the transaction that judged it. */
export async function recordProof(
  tx: Tx,
  person: Person,
  { method, ...place }: Place & { method: Method; boundTo?: { requestId: string; planHash: string } | null },
): Promise<{ steppedUpUntil: string }> {
  const [row] = await tx.$queryRaw<{ steppedUpAt: Date }[]>`
    UPDATE auth_session SET stepped_up_at = clock_timestamp() WHERE id = ${person.sessionId}
    RETURNING stepped_up_at AS "steppedUpAt"`
  if (!row) throw new DomainError('forbidden', 'This session has ended.')
  await auditProof(tx, person, 'session.stepped-up', {
    ...place,
    detail: { method, ...(place.boundTo && { ...place.boundTo }) },
  })
  return { steppedUpUntil: new Date(row.steppedUpAt.getTime() + STEP_UP_MAX_AGE_MS).toISOString() }
}

export async function recordFailedProof(
  tx: Tx,
  person: Person,
  { method, outcome, ...place }: Place & { method: Method; outcome: string },
): Promise<void> {
  await auditProof(tx, person, 'session.step-up-failed', { ...place, detail: { method, outcome } })
}

async function auditProof(
  tx: Tx,
  person: Person,
  action: 'session.stepped-up' | 'session.step-up-failed',
  { homeRegion, correlationId, detail }: Place & { detail: Record<string, string> },
): Promise<void> {
  await appendAudit(tx, {
    actor: actorOf(person),
    action,
    aggregateType: 'session',
    aggregateId: person.sessionId,
    homeRegion,
    correlationId,
    occurredAt: await catalogNow(tx),
    detail,
  })
}
