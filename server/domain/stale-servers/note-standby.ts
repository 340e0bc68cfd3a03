import { announce, appendAudit, catalogNow, type Db, transact } from '@/server/db'
import type { MemberFacts } from '@/server/engines/contract'
import type { Attended } from './decide-attention'

/**
 * Somebody made it a standby without us. If it was read out, it is what it should become; if not, what it wrote on its own is gone,
 * and nobody will ever count it. The conditional update settles who notes it.
 */
export async function noteStandby(
  { db, homeRegion }: { db: Db; homeRegion: string },
  server: Pick<Attended, 'id' | 'scope' | 'memberId' | 'status' | 'fencedEpoch' | 'failoverId'>,
  report: Pick<MemberFacts, 'receiver'>,
): Promise<void> {
  if (report.receiver?.status !== 'streaming') return // on its way to or from something: it will be looked at again
  const isReadOut = server.status === 'extracted'
  const says = isReadOut
    ? `${server.memberId} streams again.`
    : `${server.memberId} was made a standby before it was read out.`
  await transact(db, async (tx) => {
    const now = await catalogNow(tx)
    const noted = await tx.staleServer.updateMany({
      where: { id: server.id, status: server.status },
      data: { status: isReadOut ? 'rebuilt' : 'lost', rebuiltAt: now, says },
    })
    if (noted.count === 0) return
    await appendAudit(tx, {
      actor: { kind: 'worker', name: 'return' },
      action: isReadOut ? 'stale-server.rebuilt' : 'stale-server.lost',
      aggregateType: 'stale_server',
      aggregateId: server.id,
      homeRegion,
      scope: server.scope,
      epoch: server.fencedEpoch,
      correlationId: server.failoverId,
      occurredAt: now,
      detail: { member: server.memberId, says },
    })
    await announce(tx, { topic: 'operations', ids: [server.id] })
  })
}
