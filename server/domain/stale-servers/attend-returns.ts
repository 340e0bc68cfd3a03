import { setTimeout as wait } from 'node:timers/promises'
import { activeOperationStates } from '@/model/states'
import { type Actor, announce, type Db, type HeldLease, holdLease, releaseLease, transact } from '@/server/db'
import type { Endpoint, EngineAdapter, MemberReport } from '@/server/engines/contract'
import { log } from '@/server/log'
import { scopeOfReturn, startReturnIn } from '../operations'
import { type Attended, decideAttention } from './decide-attention'
import { noteStandby } from './note-standby'

/** How often the records are read; while a server is away, how often it is asked whether it is back. */
export const READ_EVERY_MS = 2_000
export const LOOK_EVERY_MS = 100
const LEASE = 'attend-returns'
const LEASE_TTL_MS = 6_000
/** One look; a server on another continent answers within two round trips of its sign-in. */
const OBSERVE_MS = 1_500
const SERVERS_MAX = 50
const ERROR_PAUSE_MS = 2_000

const actor: Actor = { kind: 'worker', name: 'return' }

export type AttendDeps = {
  db: Db
  engine: EngineAdapter
  /** A member as reached from where this worker runs. */
  endpointOf(memberId: string): Promise<Endpoint> | Endpoint
  homeRegion: string
  workerName: string
  signal: AbortSignal
}

/**
 * Waits for servers that were left behind, until the signal: when one answers again, its return is queued at once, since what is
 * not fenced in any other way may take writes from that moment on. One worker attends at a time.
 */
export async function attendReturns(deps: AttendDeps): Promise<void> {
  let lease: HeldLease | null = null
  const underWay = new Map<string, Promise<void>>()
  while (!deps.signal.aborted) {
    let pauseMs = READ_EVERY_MS
    try {
      lease = await holdLease(deps.db, { name: LEASE, holder: deps.workerName, ttlMs: LEASE_TTL_MS })
      if (lease && (await attendOnce(deps, underWay))) pauseMs = LOOK_EVERY_MS
    } catch (error) {
      if (!deps.signal.aborted) log.warn({ err: error }, 'Returning servers could not be attended to.')
      pauseMs = ERROR_PAUSE_MS
    }
    await wait(pauseMs, undefined, { signal: deps.signal }).catch(() => {})
  }
  await Promise.all(underWay.values())
  if (lease) await releaseLease(deps.db, lease).catch(() => {})
}

/** True while somebody is waited for. A look that has not ended holds up nobody else, and is not started twice. */
async function attendOnce(deps: AttendDeps, underWay: Map<string, Promise<void>>): Promise<boolean> {
  const waited = (await readAttended(deps.db)).filter((server) => decideAttention(server) === 'look')
  for (const server of waited) {
    if (underWay.has(server.id)) continue
    const look = lookAt(deps, server)
      .catch((error: unknown) => {
        if (!deps.signal.aborted)
          log.warn({ err: error, member: server.memberId }, 'A returning server was not attended to.')
      })
      .finally(() => underWay.delete(server.id))
    underWay.set(server.id, look)
  }
  return waited.length > 0
}

async function lookAt(deps: AttendDeps, server: Attended): Promise<void> {
  const call = { timeoutMs: OBSERVE_MS, signal: deps.signal }
  const report = await deps.engine.observe(await deps.endpointOf(server.memberId), server.scope, call)
  if (!report.reachable || isStranger(server, report)) return
  if (report.role === 'standby') return noteStandby(deps, server, report)
  if (server.status === 'extracted') return
  await transact(deps.db, async (tx) => {
    const started = await startReturnIn(tx, { staleServerId: server.id, actor, homeRegion: deps.homeRegion })
    if (!started) return
    await tx.$executeRaw`
      UPDATE stale_server SET returned_at = coalesce(returned_at, clock_timestamp()),
        status = CASE WHEN status = 'away' THEN 'returned' ELSE status END WHERE id = ${server.id}::uuid`
    await announce(tx, { topic: 'operations', ids: [server.id] })
    log.info({ member: server.memberId, operation: started.code }, 'A server that was left behind is back.')
  })
}

/** Whoever answers at its address and is of another family is left alone: its finding says so. */
function isStranger({ systemIdentifier }: Attended, report: MemberReport & { reachable: true }): boolean {
  return systemIdentifier !== null && systemIdentifier !== report.systemIdentifier
}

/** Open records with the returns that have ended without success, and whether an operation is at it. One statement. */
function readAttended(db: Db): Promise<Attended[]> {
  return db.$queryRaw<Attended[]>`
    SELECT stale.id, stale.scope, stale.member_id AS "memberId", stale.status, stale.system_identifier AS "systemIdentifier",
           stale.new_primary AS "newPrimary", stale.fenced_epoch AS "fencedEpoch", stale.operation_id AS "failoverId",
           EXISTS (SELECT FROM operation WHERE operation.scope = ${scopeOfReturn('')} || stale.member_id
             AND operation.status = ANY(${[...activeOperationStates]})) AS "isBusy",
           failed.count::int AS "failedCount",
           extract(epoch FROM clock_timestamp() - failed.last_at)::float8 * 1000 AS "sinceFailureMs"
      FROM stale_server AS stale
      CROSS JOIN LATERAL (SELECT count(*) AS count, max(operation.finished_at) AS last_at FROM operation
        WHERE operation.scope = ${scopeOfReturn('')} || stale.member_id AND operation.status = 'undone'
          AND operation.created_at >= stale.left_at) AS failed
     WHERE stale.status NOT IN ('rebuilt', 'lost')
     ORDER BY stale.left_at DESC LIMIT ${SERVERS_MAX}`
}
