import { setTimeout as wait } from 'node:timers/promises'
import { DomainError } from '@/model/errors'
import { paths } from '@/model/paths'
import { SwitchoverDrillPlan } from '@/model/schemas/plans'
import { type Actor, catalogNow, type Db, type Tx, transact } from '@/server/db'
import { notify } from '@/server/domain/notifications'
import { log } from '@/server/log'
import { enqueueOperation } from '@/server/workflows'
import { SWITCHOVER_DRILL_KIND } from '../kind-names'
import { storePlan } from '../store-plan'
import type { CellWorld } from '../world/cell-world'
import { readWorld } from '../world/read-world'
import { BACK_WITHIN_MS, LOOK_FOR_BACK_EVERY_MS } from './limits'
import { planSwitchoverDrill } from './plan-switchover-drill'
import { switchoverDrillSteps, switchoverDrillWorkflow } from './switchover-drill-workflow'

const actor: Actor = { kind: 'worker', name: 'drill' }
const DRILLS_MAX = 20

/** `requesterId`: the way back is another half of what that person asked for, whoever approved it. */
type FirstLeg = { id: string; code: string; requesterId: string; finishedAt: Date; body: unknown }
type Vantage = { homeRegion: string; signal: AbortSignal }

/**
 * Brings drills back, until the signal. The approval of the way there covers the way back, so nobody is asked again; but it
 * starts only when every rule of a switchover holds, the rest of the cell among them. Level-triggered: a worker that dies
 * here loses nothing, and of two that see the same drill the row of its first run lets one through.
 */
export async function bringDrillsBack(db: Db, { homeRegion, signal }: Vantage): Promise<void> {
  while (!signal.aborted) {
    await bringBackOnce(db, homeRegion).catch((error: unknown) => {
      if (!signal.aborted) log.warn({ err: error }, 'Drills could not be brought back.')
    })
    await wait(LOOK_FOR_BACK_EVERY_MS, undefined, { signal }).catch(() => {})
  }
}

export async function bringBackOnce(db: Db, homeRegion: string): Promise<{ startedCount: number }> {
  let startedCount = 0
  for (const { id } of await listAway(db)) {
    if (await looking(id, () => transact(db, (tx) => bringBackIn(tx, id, homeRegion)))) startedCount += 1
  }
  return { startedCount }
}

/** One drill that cannot be judged must not keep the others from coming back. */
async function looking(operationId: string, look: () => Promise<boolean>): Promise<boolean> {
  return look().catch((error: unknown) => {
    // Somebody else's operation took the scope between the check and the insert: the next look decides anew.
    if (!(error instanceof DomainError && error.code === 'conflict'))
      log.warn({ err: error, operationId }, 'A drill could not be brought back.')
    return false
  })
}

/** Drills that went there and have no run that comes back, nor word that they will not. */
function listAway(db: Db | Tx, id?: string): Promise<FirstLeg[]> {
  return db.$queryRaw<FirstLeg[]>`
    SELECT there.id, there.code, coalesce(request.requester_id, there.started_by) AS "requesterId", there.finished_at AS "finishedAt", plan.body
      FROM operation AS there JOIN operation_plan AS plan ON plan.id = there.plan_id
      LEFT JOIN operation_request AS request ON request.id = there.request_id
     WHERE there.kind = ${SWITCHOVER_DRILL_KIND} AND there.status = 'done' AND plan.body->>'leg' = 'there'
       AND (${id ?? null}::uuid IS NULL OR there.id = ${id ?? null}::uuid)
       AND there.finished_at > clock_timestamp() - ${2 * BACK_WITHIN_MS} * interval '1 millisecond'
       AND NOT EXISTS (SELECT FROM operation AS back JOIN operation_plan AS its ON its.id = back.plan_id
         WHERE back.kind = there.kind AND back.scope = there.scope AND its.body->>'firstLegId' = there.id::text)
     ORDER BY there.finished_at LIMIT ${DRILLS_MAX}`
}

/** False: not now. */
async function bringBackIn(tx: Tx, id: string, homeRegion: string): Promise<boolean> {
  await tx.$queryRaw`SELECT 1 FROM operation WHERE id = ${id}::uuid FOR NO KEY UPDATE`
  const [first] = await listAway(tx, id)
  if (!first) return false
  const there = SwitchoverDrillPlan.parse(first.body)
  const world = await readWorld(tx, there.cell)
  const why = world ? whyNotAnyMore(world, there, first.finishedAt, await catalogNow(tx)) : 'the cell is gone'
  if (!world || why) {
    await tellNotBack(tx, first, there, why ?? 'the cell is gone')
    return false
  }
  if (world.holds.length > 0) return false
  const { plan } = planSwitchoverDrill(world, {
    targetMember: there.source.member,
    madeBy: first.requesterId,
    steps: switchoverDrillSteps,
    firstLegId: first.id,
    rtoObjectiveMs: there.rtoObjectiveMs,
    rpoObjectiveMs: there.rpoObjectiveMs,
  })
  if (!plan) return false
  const { id: planId } = await storePlan(tx, plan, { actor, homeRegion })
  const order = { planId, scope: plan.scope, requestId: null, startedBy: first.requesterId, actor, homeRegion }
  await enqueueOperation(tx, switchoverDrillWorkflow, order)
  return true
}

/** Pure. What the approvers agreed to is the way back from where this very drill went, and soon. */
export function whyNotAnyMore(
  world: CellWorld,
  there: SwitchoverDrillPlan,
  finishedAt: Date,
  now: Date,
): string | null {
  if (now.getTime() - finishedAt.getTime() > BACK_WITHIN_MS) return 'its time for that is over'
  const { epoch } = world
  if (!epoch || epoch.activeMember !== there.target.member || String(epoch.epoch) !== there.epoch.to)
    return 'the writer of the cell was moved since'
  return null
}

async function tellNotBack(tx: Tx, first: FirstLeg, there: SwitchoverDrillPlan, why: string): Promise<void> {
  await notify(tx, {
    topic: 'operation.needs-human',
    objectId: first.id,
    text: `The drill of ${there.cell} (${first.code}) is not brought back to ${there.source.region}: ${why}. Plan a switchover.`,
    path: paths.operation({ id: first.id }),
    body: { code: first.code, cell: there.cell, cause: 'drill-not-back' },
    onceKey: `drill-not-back:${first.id}`,
  })
}
