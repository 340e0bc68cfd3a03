import type { AuditAction } from '@/model/audit-actions'
import type { Json } from '@/model/canonical-json'
import type { Clock } from '@/server/clock'
import { type Actor, appendAudit, type Db, PLATFORM_TENANT_ID, transact } from '@/server/db'

type Deps = { db: Db; clock: Clock; servedFrom: string }
type SessionEvent = {
  action: Extract<AuditAction, `session.${string}`>
  userId?: string
  sessionId?: string
  /** Of a failed try: looked up, never written down. */
  email?: string
  detail: { readonly [key: string]: Json }
}

/**
 * Writes what happened to a session. A try that failed names the person whose account was tried. An unknown account leaves an
 * event about nobody, and nothing of what was typed is kept: people type passwords into the wrong field.
 */
export async function auditSession({ db, clock, servedFrom }: Deps, event: SessionEvent): Promise<void> {
  await transact(db, async (tx) => {
    const user = event.userId
      ? await tx.user.findUnique({ where: { id: event.userId }, include: { person: true } })
      : event.email
        ? await tx.user.findUnique({ where: { email: event.email.toLowerCase() }, include: { person: true } })
        : null
    const personId = user?.person?.id ?? null
    // Until the factors are proven it is a try at an account, not an act of its person.
    const actor: Actor =
      event.sessionId && personId
        ? { kind: 'person', personId, name: user?.name ?? 'unknown', sessionId: event.sessionId }
        : { kind: 'service', name: 'sign-in' }
    await appendAudit(tx, {
      actor,
      action: event.action,
      aggregateType: event.sessionId ? 'session' : 'person',
      aggregateId: event.sessionId ?? personId ?? PLATFORM_TENANT_ID,
      homeRegion: servedFrom,
      occurredAt: clock.now(),
      detail: event.sessionId ? event.detail : { ...event.detail, personId },
    })
  })
}
