import { setTimeout as wait } from 'node:timers/promises'
import { DomainError } from '@/model/errors'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { type Db, type Tx, transact } from '@/server/db'
import { log } from '@/server/log'
import { DRIFT_SECOND_LOOK_MS, LIST_MAX } from '../limits'
import { voidedError } from './approve-request'
import { lockRequest } from './close-request'
import { judgeRequest } from './judge-request'
import { voidRequest } from './void-request'

/**
 * A person who reads that the world has moved does not wait for the next sweep: the request is judged now, and where its plan
 * is no longer true it is voided and asked again. `supersededBy` is the request to read instead; null while the plan is true.
 */
export async function recheckRequest(
  ctx: Ctx,
  input: { id: string },
): Promise<{ supersededBy: { id: string; code: string } | null }> {
  const principal = authorizePerson(ctx, 'request:recheck')
  const outcome = await transact(ctx.db, async (tx) => {
    const request = await lockRequest(tx, input.id)
    if (!request) throw new DomainError('not-found', 'There is no such request.')
    if (request.status !== 'waiting' || request.approveBy <= request.now)
      throw new DomainError('conflict', `${request.code} no longer waits for a decision.`)
    const judgement = await judgeRequest(tx, request)
    if (judgement.drift.length === 0) return null
    const by = { actor: actorOf(principal), homeRegion: ctx.servedFrom }
    return { code: request.code, drift: judgement.drift, again: await voidRequest(tx, request, judgement, by) }
  })
  if (!outcome) return { supersededBy: null }
  if (!outcome.again.request) throw voidedError(outcome.code, outcome.drift, outcome.again)
  return { supersededBy: outcome.again.request }
}

/**
 * For a recurring job: voids what is no longer true although nobody has tried to approve it, and asks again. What a first look
 * finds must be found by a second one some seconds later: one late probe is no change of the world.
 */
export async function voidDriftedRequests(
  db: Db,
  homeRegion: string,
  { secondLookMs = DRIFT_SECOND_LOOK_MS }: { secondLookMs?: number } = {},
): Promise<{ voidedCount: number }> {
  const waiting = await db.operationRequest.findMany({
    where: { status: 'waiting' },
    select: { id: true },
    orderBy: { approveBy: 'asc' },
    take: LIST_MAX,
  })
  const suspects: { id: string; what: Set<string> }[] = []
  for (const { id } of waiting) {
    const what = await looking(id, () => transact(db, (tx) => driftOf(tx, id)))
    if (what && what.size > 0) suspects.push({ id, what })
  }
  if (suspects.length === 0) return { voidedCount: 0 }
  await wait(secondLookMs)
  let voidedCount = 0
  for (const suspect of suspects)
    if (await looking(suspect.id, () => transact(db, (tx) => voidIfStill(tx, suspect, homeRegion)))) voidedCount += 1
  return { voidedCount }
}

/** One request that cannot be judged must not keep the others from being looked at. */
async function looking<T>(requestId: string, look: () => Promise<T>): Promise<T | null> {
  return look().catch((error: unknown) => {
    log.warn({ err: error, requestId }, 'A request could not be judged.')
    return null
  })
}

async function driftOf(tx: Tx, requestId: string): Promise<Set<string>> {
  const request = await lockRequest(tx, requestId)
  if (request?.status !== 'waiting' || request.approveBy <= request.now) return new Set()
  const { drift } = await judgeRequest(tx, request)
  return new Set(drift.map(({ what }) => what))
}

async function voidIfStill(tx: Tx, suspect: { id: string; what: Set<string> }, homeRegion: string): Promise<boolean> {
  const request = await lockRequest(tx, suspect.id)
  if (request?.status !== 'waiting' || request.approveBy <= request.now) return false
  const judgement = await judgeRequest(tx, request)
  if (!judgement.drift.some(({ what }) => suspect.what.has(what))) return false
  await voidRequest(tx, request, judgement, { actor: { kind: 'service', name: 'drift-watch' }, homeRegion })
  return true
}
