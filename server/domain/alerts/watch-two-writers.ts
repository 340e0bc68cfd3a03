import type { WriterPosition } from '@/model/schemas/alerts'
import { type Db, type HeldLease, holdLease, releaseLease, transact } from '@/server/db'
import type { Endpoint, EngineAdapter, MemberFacts } from '@/server/engines/contract'
import { acceptsWrites, decideFrozen, decideWriters, sightOf, type WriterSight } from './decide-writers'
import { freezeWriters } from './freeze-writers'
import { lookAgain } from './look-again'
import { addFacts, raiseAlert } from './raise-alert'
import { type CellSights, readWriters } from './read-writers'
import { resolveAlert } from './resolve-alert'
import { positionOf, sayTwoWriters, sayWayOut, twoWritersActor, twoWritersKey } from './two-writers'

/** With an observation every two seconds, this keeps the alert under five seconds from the second writer's first write. */
export const WATCH_EVERY_MS = 500
const LEASE = 'watch-two-writers'
const LEASE_TTL_MS = 3_000
const OBSERVE_MS = 1_000
const ERROR_PAUSE_MS = 2_000

export type WatchDeps = {
  db: Db
  engine: EngineAdapter
  /** A member as reached from where this worker runs. */
  endpointOf(memberId: string): Promise<Endpoint> | Endpoint
  homeRegion: string
  workerName: string
  signal: AbortSignal
}

/**
 * Looks for two writers of one cell until the signal. Recorded observations only raise the suspicion: the suspects are asked again,
 * twice, before an alert is raised and their gates are frozen. One worker looks at a time; without the catalog nobody does.
 */
export async function watchTwoWriters(deps: WatchDeps): Promise<void> {
  let lease: HeldLease | null = null
  const failed = 'Two writers could not be looked for.'
  await lookAgain(deps.signal, { everyMs: WATCH_EVERY_MS, afterErrorMs: ERROR_PAUSE_MS, failed }, async () => {
    lease = await lookOnce(deps)
  })
  if (lease) await releaseLease(deps.db, lease).catch(() => {})
}

async function lookOnce(deps: WatchDeps): Promise<HeldLease | null> {
  const lease = await holdLease(deps.db, { name: LEASE, holder: deps.workerName, ttlMs: LEASE_TTL_MS })
  if (!lease) return null
  const cells = await readWriters(deps.db)
  const suspected = cells.filter(({ sights }) => sights.filter((sight) => acceptsWrites(sight)).length > 1)
  await Promise.all(suspected.map((cell) => confirm(deps, lease, cell)))
  await endWhatIsOver(deps, cells)
  return lease
}

type Heard = { sight: WriterSight; facts: MemberFacts }

async function confirm(deps: WatchDeps, lease: HeldLease, cell: CellSights): Promise<void> {
  const suspects = cell.sights.filter((sight) => acceptsWrites(sight))
  const first = await ask(deps, cell, suspects)
  const second = await ask(deps, cell, suspects)
  const sightsOf = (heard: readonly Heard[]) => heard.map(({ sight }) => sight)
  const writers = decideWriters(sightsOf(first), sightsOf(second))
  if (writers.length === 0) return
  const positions = writers.map((writer) =>
    positionOf(writer, second.find(({ sight }) => sight.member === writer.member)!.facts),
  )
  const alertId = await raise(deps, cell, writers, positions)
  await freezeWriters(deps, {
    alertId,
    scope: cell.scope,
    lease,
    writers: decideFrozen(writers, cell),
    homeRegion: deps.homeRegion,
    signal: deps.signal,
  })
}

async function ask(deps: WatchDeps, cell: CellSights, suspects: readonly WriterSight[]): Promise<Heard[]> {
  const heard = await Promise.all(
    suspects.map(async ({ member, region, isLeftBehind }) => {
      const call = { timeoutMs: OBSERVE_MS, signal: deps.signal }
      const facts = await deps.engine.observe(await deps.endpointOf(member), cell.scope, call)
      const sight = sightOf({ id: member, region, isLeftBehind }, facts, new Date())
      return sight && facts.reachable ? [{ sight, facts }] : []
    }),
  )
  return heard.flat()
}

/** The alert is committed before anything is frozen: whatever comes of that, people know. */
function raise(
  { db, homeRegion }: WatchDeps,
  cell: CellSights,
  writers: readonly WriterSight[],
  positions: WriterPosition[],
): Promise<string> {
  return transact(db, async (tx) => {
    const { id, isNew } = await raiseAlert(tx, {
      kind: 'two-writers',
      severity: 'critical',
      dedupeKey: twoWritersKey(cell.cellId),
      scope: cell.scope,
      cellId: cell.cellId,
      says: sayTwoWriters(cell.cellId, writers),
      facts: { writers: positions },
      actor: twoWritersActor,
      homeRegion,
    })
    if (isNew) await addFacts(tx, id, () => ({ wayOut: sayWayOut(id, cell, writers, decideFrozen(writers, cell)) }))
    return id
  })
}

/** Over when somebody has taken note and every member, asked just now, shows at most one writer. A silent member may be one. */
async function endWhatIsOver({ db, homeRegion }: WatchDeps, cells: readonly CellSights[]): Promise<void> {
  const open = await db.alert.findMany({
    where: { kind: 'two-writers', resolvedAt: null, acknowledgedAt: { not: null } },
    select: { cellId: true },
  })
  for (const { cellId } of open) {
    const cell = cells.find((candidate) => candidate.cellId === cellId)
    if (!cell || cell.sights.length < cell.memberCount) continue
    const writers = cell.sights.filter((sight) => acceptsWrites(sight)).map(({ member }) => member)
    if (writers.length > 1) continue
    await transact(db, (tx) =>
      resolveAlert(tx, {
        dedupeKey: twoWritersKey(cell.cellId),
        says: `Every member of ${cell.cellId} was asked: ${writers[0] ?? 'none'} takes writes, and no other.`,
        actor: twoWritersActor,
        homeRegion,
      }),
    )
  }
}
