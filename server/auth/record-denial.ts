import type { Clock } from '@/server/clock'
import { actorOf, type Principal } from '@/server/context'
import { appendAudit, type Db, PLATFORM_TENANT_ID, transact } from '@/server/db'
import { log } from '@/server/log'

export type Denial = { principal: Principal; path: string; permission: string; requestId: string }
export type DenialRecorder = (denial: Denial) => Promise<void>

/** One event a minute for the same person and procedure: a client that keeps asking must not fill the audit trail. */
const REPEAT_MS = 60_000
const REMEMBERED_MAX = 10_000

/** Writes `access.denied`. Never throws: the denial stands whether or not it could be written down. */
export function createDenialRecorder({
  db,
  clock,
  servedFrom,
}: {
  db: Db
  clock: Clock
  servedFrom: string
}): DenialRecorder {
  const lastAtMs = new Map<string, number>()
  return async ({ principal, path, permission, requestId }) => {
    const key = `${principal.kind === 'person' ? principal.personId : principal.name} ${path}`
    const nowMs = clock.monotonicMs()
    if (nowMs - (lastAtMs.get(key) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) return
    if (lastAtMs.size >= REMEMBERED_MAX) lastAtMs.clear()
    lastAtMs.set(key, nowMs)
    try {
      await transact(db, (tx) =>
        appendAudit(tx, {
          actor: actorOf(principal),
          action: 'access.denied',
          aggregateType: principal.kind === 'person' ? 'person' : 'service',
          aggregateId: principal.kind === 'person' ? principal.personId : PLATFORM_TENANT_ID,
          homeRegion: servedFrom,
          correlationId: requestId,
          occurredAt: clock.now(),
          detail: { procedure: path, permission },
        }),
      )
    } catch (error) {
      log.error({ err: error, requestId, path }, 'a denial could not be audited')
    }
  }
}
