import { appendAudit, type Db, type HeldLease, transact } from '@/server/db'
import { type Endpoint, type EngineAdapter, NotDone, OutcomeUnknown } from '@/server/engines/contract'
import type { WriterSight } from './decide-writers'
import { addFacts } from './raise-alert'
import { twoWritersActor } from './two-writers'

/** Writers in flight may end by themselves for this long; then their sessions are ended. */
const DRAIN_MS = 500
const FREEZE_MS_MAX = 4_000

export type FreezeOrder = {
  alertId: string
  scope: string
  lease: HeldLease
  writers: readonly WriterSight[]
  homeRegion: string
  signal: AbortSignal
}

type Deps = { db: Db; engine: EngineAdapter; endpointOf(memberId: string): Promise<Endpoint> | Endpoint }

/**
 * Freezes the gates of these writers, side by side and bounded; what came of each is added to the alert. A freeze is not a
 * fence: it decides nothing, so that a person can decide which of the two is right. Repeating it for the same alert changes nothing.
 */
export async function freezeWriters(deps: Deps, order: FreezeOrder): Promise<void> {
  const outcomes = await Promise.all(order.writers.map((writer) => freezeOne(deps, order, writer)))
  await transact(deps.db, async (tx) => {
    await addFacts(tx, order.alertId, ({ writers = [] }) => ({
      writers: writers.map((position) => ({
        ...position,
        frozen:
          outcomes.find(({ member }) => member === position.member)?.says ??
          'Left open: the catalog names it as the writer at this epoch.',
      })),
    }))
    for (const { member, epoch, says, isFrozen } of outcomes)
      if (isFrozen)
        await appendAudit(tx, {
          actor: twoWritersActor,
          action: 'gate.frozen',
          aggregateType: 'alert',
          aggregateId: order.alertId,
          homeRegion: order.homeRegion,
          scope: order.scope,
          ...(epoch !== null && { epoch }),
          correlationId: order.alertId,
          occurredAt: new Date(),
          detail: { member, says },
        })
  })
}

type Outcome = { member: string; epoch: bigint | null; says: string; isFrozen: boolean }

async function freezeOne({ engine, endpointOf }: Deps, order: FreezeOrder, writer: WriterSight): Promise<Outcome> {
  const { member } = writer
  const epoch = writer.gate?.epoch ?? null
  const failed = (says: string): Outcome => ({ member, epoch, says, isFrozen: false })
  if (epoch === null) return failed('It has no gate: it cannot be frozen from here. Stop it on its machine.')
  if (!engine.failover.supported) return failed(engine.failover.reason)
  const stamp = {
    scope: order.scope,
    operationId: order.alertId,
    leaseEpoch: order.lease.epoch,
    epoch,
    drainMs: DRAIN_MS,
  }
  try {
    const call = { timeoutMs: FREEZE_MS_MAX, signal: order.signal }
    const { terminatedCount } = await engine.failover.freeze(await endpointOf(member), stamp, call)
    const ended = terminatedCount === 0 ? '' : `; ${terminatedCount} sessions ended`
    return { member, epoch, says: `Frozen at epoch ${epoch}${ended}.`, isFrozen: true }
  } catch (error) {
    if (error instanceof NotDone) return failed(`Not frozen: ${error.says}`)
    if (error instanceof OutcomeUnknown) return failed(`Nobody knows whether it is frozen: ${error.says}`)
    throw error
  }
}
