import { setTimeout as wait } from 'node:timers/promises'
import { scopeOfReturn } from '@/model/scope-of-return'
import { activeOperationStates } from '@/model/states'
import { type Actor, type Db, type HeldLease, holdLease, releaseLease } from '@/server/db'
import type { Endpoint, EngineAdapter, MemberReport } from '@/server/engines/contract'
import { log } from '@/server/log'
import { startReturn } from '../operations'
import { type Attended, decideAttention } from './decide-attention'
import { noteStandby } from './note-standby'
import { PlansAhead } from './plans-ahead'

/** How often the records are read; while a server is away, how often it is asked whether it is back. */
export const READ_EVERY_MS = 2_000
export const LOOK_EVERY_MS = 100
const LEASE = 'attend-returns'
const LEASE_TTL_MS = 6_000
/** One look; a server on another continent answers within two round trips of its sign-in. */
const OBSERVE_MS = 1_500
const SERVERS_MAX = 50

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

type Attending = AttendDeps & {
  plans: PlansAhead
  /** Whom to ask, as last read from the catalog. */
  waited: Map<string, Attended>
  underWay: Map<string, Promise<void>>
}

/**
 * Waits for servers that were left behind, until the signal: when one answers again, its return is queued at once, since what is
 * not fenced in any other way may take writes from that moment on. One worker attends at a time.
 */
export async function attendReturns(deps: AttendDeps): Promise<void> {
  const attending: Attending = { ...deps, plans: new PlansAhead(deps.db), waited: new Map(), underWay: new Map() }
  let lease: HeldLease | null = null
  let readAtMs = Number.NEGATIVE_INFINITY
  while (!deps.signal.aborted) {
    try {
      if (performance.now() - readAtMs >= READ_EVERY_MS) {
        readAtMs = performance.now()
        lease = await holdLease(deps.db, { name: LEASE, holder: deps.workerName, ttlMs: LEASE_TTL_MS })
        const servers = lease ? await readAttended(deps.db) : []
        attending.waited = new Map(
          servers.filter((server) => decideAttention(server) === 'look').map((server) => [server.id, server]),
        )
      }
      lookAtAll(attending)
    } catch (error) {
      attending.waited = new Map() // without the catalog nothing could be queued
      if (!deps.signal.aborted) log.warn({ err: error }, 'Returning servers could not be attended to.')
    }
    // One that is read out may wait for days, and nothing depends on how soon its rebuild is noticed.
    const isUrgent = [...attending.waited.values()].some(({ status }) => status !== 'extracted')
    await wait(isUrgent ? LOOK_EVERY_MS : READ_EVERY_MS, undefined, { signal: deps.signal }).catch(() => {})
  }
  await Promise.all(attending.underWay.values())
  if (lease) await releaseLease(deps.db, lease).catch(() => {})
}

/** A look that has not ended holds up nobody else, and is not started twice. */
function lookAtAll(attending: Attending): void {
  for (const server of attending.waited.values()) {
    if (attending.underWay.has(server.id)) continue
    if (server.status !== 'extracted') attending.plans.of(server.id).catch(() => {}) // ahead of its answer; asked for again then
    const look = lookAt(attending, server)
      .catch((error: unknown) => {
        if (!attending.signal.aborted)
          log.warn({ err: error, member: server.memberId }, 'A returning server was not attended to.')
      })
      .finally(() => attending.underWay.delete(server.id))
    attending.underWay.set(server.id, look)
  }
}

async function lookAt(deps: Attending, server: Attended): Promise<void> {
  const call = { timeoutMs: OBSERVE_MS, signal: deps.signal }
  const report = await deps.engine.observe(await deps.endpointOf(server.memberId), server.scope, call)
  if (!report.reachable || isStranger(server, report)) return
  if (report.role === 'standby') return noteStandby(deps, server, report)
  if (server.status === 'extracted') return
  const prepared = await deps.plans.of(server.id)
  if (!prepared) return
  const started = await startReturn(deps.db, prepared, { actor, homeRegion: deps.homeRegion, hasAnswered: true })
  deps.waited.delete(server.id) // what became of it stands in the catalog
  if (started) log.info({ member: server.memberId, operation: started.code }, 'A server that was left behind is back.')
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
