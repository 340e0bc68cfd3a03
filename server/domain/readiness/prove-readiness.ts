import { setTimeout as wait } from 'node:timers/promises'
import { paths } from '@/model/paths'
import {
  announce,
  catalogNow,
  type Db,
  type HeldLease,
  holdLease,
  releaseLease,
  scopeAggregateId,
  type Tx,
  transact,
} from '@/server/db'
import type { Endpoint, EngineAdapter, SettingsReport } from '@/server/engines/contract'
import { log } from '@/server/log'
import { readWhyNoLiveDrill } from '../drills'
import { notify } from '../notifications'
import { readWorld } from '../operations'
import { decideReadiness, type Evidence, isReady } from './decide-readiness'
import { judgeCell, type ReadinessFacts } from './judge-cell'
import { CELLS_AT_ONCE_MAX, PROVE_EVERY_MS, ROUNDS_UNTIL_TOLD, SETTINGS_MS_MAX } from './limits'
import { type EvidenceRow, factsOf, readEvidence, roundsOf, VERDICT_ROW } from './read-evidence'
import { readApprovers, readLastDrills, readLeftBehind } from './read-facts'
import { readinessCheckNames } from './readiness-checks'

const LEASE = 'prove-readiness'

export type ProveDeps = {
  db: Db
  engine: EngineAdapter
  /** A member as reached from where this worker runs. */
  endpointOf(memberId: string): Promise<Endpoint> | Endpoint
  vantageRegion: string
  workerName: string
  signal: AbortSignal
}

/** Makes every check anew twice a minute, until the signal. One worker at a time, by a lease in the catalog. */
export async function proveReadiness(deps: ProveDeps): Promise<void> {
  let lease: HeldLease | null = null
  while (!deps.signal.aborted) {
    try {
      lease = await holdLease(deps.db, { name: LEASE, holder: deps.workerName, ttlMs: 3 * PROVE_EVERY_MS })
      if (lease) await proveOnce(deps)
    } catch (error) {
      if (!deps.signal.aborted) log.warn({ err: error }, 'Readiness could not be proven.')
    }
    await wait(PROVE_EVERY_MS, undefined, { signal: deps.signal }).catch(() => {})
  }
  if (lease) await releaseLease(deps.db, lease).catch(() => {})
}

/** One round over every cell. A cell that cannot be judged keeps its old evidence, which decays. */
export async function proveOnce(deps: ProveDeps): Promise<{ cellCount: number }> {
  const cells = await deps.db.cell.findMany({ select: { id: true }, orderBy: { id: 'asc' } })
  const [approvers, drills] = await Promise.all([readApprovers(deps.db), readLastDrills(deps.db)])
  const waiting = cells.map(({ id }) => id)
  const lane = async () => {
    for (let id = waiting.shift(); id && !deps.signal.aborted; id = waiting.shift()) {
      const lastDrills = drills.get(id) ?? new Map()
      await proveCell(deps, id, { approvers, lastDrills }).catch((error: unknown) => {
        if (!deps.signal.aborted) log.warn({ err: error, cell: id }, 'The readiness of a cell could not be proven.')
      })
    }
  }
  await Promise.all(Array.from({ length: CELLS_AT_ONCE_MAX }, lane))
  return { cellCount: cells.length }
}

async function proveCell(
  deps: ProveDeps,
  cellId: string,
  shared: Pick<ReadinessFacts, 'approvers' | 'lastDrills'>,
): Promise<void> {
  const { db, vantageRegion: vantage } = deps
  const promised = await db.cell.findUnique({
    where: { id: cellId },
    select: { rpoObjectiveMs: true, members: { select: { id: true } } },
  })
  if (!promised) return
  const settings = await askSettings(
    deps,
    promised.members.map(({ id }) => id),
  )
  const world = await readWorld(db, cellId)
  if (!world) return
  const { found } = judgeCell({
    ...shared,
    world,
    rpoObjectiveMs: promised.rpoObjectiveMs,
    settings,
    leftBehind: (await readLeftBehind(db, [cellId])).map(({ memberId }) => memberId),
    whyNoLiveDrill: (await readWhyNoLiveDrill(db, cellId)).get(cellId) ?? null,
    vantage,
  })
  await transact(db, async (tx) => {
    const nowMs = (await catalogNow(tx)).getTime()
    const before = await readEvidence(tx, cellId)
    const evidence = readinessCheckNames.map((check): Evidence => {
      const { provenAtMs = nowMs, ...seen } = found[check]
      const lastMs = before.find((row) => row.check === check)?.provenAt?.getTime() ?? null
      const provenNowMs = seen.outcome === 'passed' ? provenAtMs : lastMs
      return { check, ...seen, vantage, checkedAtMs: nowMs, provenAtMs: provenNowMs }
    })
    for (const each of evidence) await store(tx, cellId, each)
    await noteVerdict(tx, cellId, { evidence, before, nowMs, vantage })
    await announce(tx, { topic: 'telemetry', ids: [cellId] })
  })
}

async function askSettings(deps: ProveDeps, members: readonly string[]): Promise<Map<string, SettingsReport>> {
  const call = { timeoutMs: SETTINGS_MS_MAX, signal: deps.signal }
  return new Map(
    await Promise.all(
      members.map(async (id) => [id, await deps.engine.settings(await deps.endpointOf(id), call)] as const),
    ),
  )
}

async function store(
  tx: Tx,
  cellId: string,
  { check, outcome, says, vantage, checkedAtMs, provenAtMs }: Evidence,
): Promise<void> {
  const row = {
    outcome: outcome === 'not-configured' || outcome === 'never-drilled' ? 'failed' : outcome,
    says,
    facts: factsOf(outcome),
    vantage,
    checkedAt: new Date(checkedAtMs),
    provenAt: provenAtMs === null ? null : new Date(provenAtMs),
  }
  await tx.readinessEvidence.upsert({
    where: { cellId_check: { cellId, check } },
    create: { cellId, check, ...row },
    update: row,
  })
}

type Round = { evidence: Evidence[]; before: readonly EvidenceRow[]; nowMs: number; vantage: string }

/** Remembers for how many rounds a cell was not ready: people are told once, and not of one late probe. */
async function noteVerdict(tx: Tx, cellId: string, { evidence, before, nowMs, vantage }: Round): Promise<void> {
  const { verdict } = decideReadiness(evidence, nowMs)
  const last = before.find(({ check }) => check === VERDICT_ROW)
  const rounds = isReady(verdict) ? 0 : roundsOf(last) + 1
  const provenAt = isReady(verdict) ? new Date(nowMs) : (last?.provenAt ?? null)
  const row = {
    outcome: isReady(verdict) ? 'passed' : 'failed',
    says: verdict.says,
    facts: { rounds },
    vantage,
    checkedAt: new Date(nowMs),
    provenAt,
  }
  await tx.readinessEvidence.upsert({
    where: { cellId_check: { cellId, check: VERDICT_ROW } },
    create: { cellId, check: VERDICT_ROW, ...row },
    update: row,
  })
  if (rounds !== ROUNDS_UNTIL_TOLD || !provenAt) return
  await notify(tx, {
    topic: 'readiness.lost',
    objectId: scopeAggregateId(`readiness:${cellId}`), // one thread a cell
    text: `Cell ${cellId} is no longer ready for a failover. ${verdict.says}.`,
    path: paths.readiness({ cell: cellId }),
    body: { cell: cellId, verdict: verdict.says, blockers: verdict.blockerCount, cause: 'readiness' },
    onceKey: `readiness-lost:${cellId}:${provenAt.toISOString()}`,
  })
}
