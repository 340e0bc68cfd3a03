import type { SendOutcome } from '@/model/outgoing-message'
import { TEST_TOPIC } from '@/model/schemas/notifications'
import type { Db } from '@/server/db'
import { catalogNow } from '@/server/db'
import { decideRetry } from './decide-retry'
import type { Party } from './take-deliveries'

/**
 * Writes down what became of an attempt, unless another worker has taken the party meanwhile: the number of attempts decides.
 * When this is not reached, the message is sent once more after the lease, under the same id.
 */
export async function recordOutcome(db: Db, party: Party, outcome: SendOutcome): Promise<void> {
  const ids = party.deliveries.map(({ deliveryId }) => deliveryId)
  if (outcome.kind === 'delivered') {
    await db.$executeRaw`
      UPDATE notification_delivery SET status = 'delivered', delivered_at = clock_timestamp(), last_error = ${outcome.says},
        response_code = ${outcome.responseCode}
      WHERE id = ANY(${ids}::uuid[]) AND status = 'queued' AND attempts = ${party.attempts}`
    return
  }
  const next = decideRetry(
    { outcome, attempts: party.attempts, isTest: isTest(party), expiresAt: expiryOf(party), now: await catalogNow(db) },
    Math.random(),
  )
  await db.$executeRaw`
    UPDATE notification_delivery SET status = ${next.kind === 'retry' ? 'queued' : 'failed'}, last_error = ${next.says},
      response_code = ${outcome.responseCode},
      next_attempt_at = clock_timestamp() + ${next.kind === 'retry' ? next.inMs : 0}::float8 * interval '1 millisecond'
    WHERE id = ANY(${ids}::uuid[]) AND status = 'queued' AND attempts = ${party.attempts}`
}

function isTest({ deliveries }: Party): boolean {
  return deliveries[0]?.topic === TEST_TOPIC
}

/** Whoever is asked to decide after the last moment is only confused. */
function expiryOf({ deliveries }: Party): Date | null {
  const expiresAt = deliveries.length === 1 ? deliveries[0]?.body.expiresAt : null
  return typeof expiresAt === 'string' ? new Date(expiresAt) : null
}
