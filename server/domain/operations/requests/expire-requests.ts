import { formatMs } from '@/model/format'
import { type Db, type Tx, transact } from '@/server/db'
import { LIST_MAX } from '../limits'
import { closeRequest, lockRequest, type OpenRequest } from './close-request'

/** For a recurring job: ends what nobody decided in time, by the catalog's clock. Answers how many. */
export async function expireRequests(db: Db, homeRegion: string): Promise<{ expiredCount: number }> {
  return { expiredCount: await transact(db, (tx) => expireOverdue(tx, homeRegion, null)) }
}

/** Within a transaction, for one scope or for all. Rows that somebody is deciding at this moment are left to them. */
export async function expireOverdue(tx: Tx, homeRegion: string, scope: string | null): Promise<number> {
  const overdue = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM operation_request
    WHERE status = 'waiting' AND approve_by <= clock_timestamp() AND (${scope}::text IS NULL OR scope = ${scope})
    ORDER BY approve_by LIMIT ${LIST_MAX} FOR UPDATE SKIP LOCKED`
  for (const { id } of overdue) {
    const request = await lockRequest(tx, id)
    if (request?.status === 'waiting') await expire(tx, request, homeRegion)
  }
  return overdue.length
}

export async function expire(tx: Tx, request: OpenRequest, homeRegion: string): Promise<void> {
  await closeRequest(tx, request, {
    status: 'expired',
    action: 'request.expired',
    actor: { kind: 'service', name: 'expiry' },
    homeRegion,
    reason: `Not enough people decided within ${formatMs(request.approveBy.getTime() - request.createdAt.getTime())}.`,
  })
}
