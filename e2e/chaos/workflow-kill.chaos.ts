import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '@/server/db'
import { startCatalog, type TestCatalog } from '@/server/db/testing'
import { startOperationWorker } from '@/server/workflows'
import { faultPlaces, undoFaultPlaces } from '@/server/workflows/faults'
import { historyViolations, restViolations } from '@/server/workflows/history'
import { findOperation } from '@/server/workflows/operation-record'
import { enqueueLedger, testRegion } from '@/server/workflows/testing/enqueue-ledger'
import { createLedger, type Ledger } from '@/server/workflows/testing/ledger'
import { ledgerViolations, ledgerWorkflow } from '@/server/workflows/testing/ledger-workflow'
import { spawnWorker, type WorkerProcess, type WorkerSettings } from '@/server/workflows/testing/spawn-worker'
import { waitForOperation, waitForStatus } from '@/server/workflows/testing/wait-for'
import { type Random, seededRandom } from './seeded-random'
import type { ChaosOptions, ChaosResult } from './suite'

/**
 * Real worker processes on a real catalog, with effects in another database. Invariants: whatever is killed, wherever,
 * the operation ends done or undone; its effects stand exactly once or not at all and were never applied twice; its
 * history is legal and told whole by the audit; no lease is left; a frozen worker that wakes late changes nothing.
 */
type Place = { at: string; goesBack: boolean }
type Attack =
  | { kind: 'kill-at'; place: Place }
  | { kind: 'kill-twice'; place: Place; heirAt: string }
  | { kind: 'kill-any-time'; delayMs: number; goesBack: boolean }
  | { kind: 'freeze-at'; place: Place }
  | { kind: 'kill-catalog'; delayMs: number; goesBack: boolean }

const LEASE_TTL_MS = 1_500
const LANES = 3
const KILL_DELAY_MS_MAX = 120
/** A worker may be killed just after its record made the operation final. */
const LAST_RECORD_GRACE_MS = 500
const CATALOG_KILLS_EVERY = 12

const forward: Place[] = ledgerWorkflow.steps.flatMap(({ name }) =>
  faultPlaces.map((place) => ({ at: `${name}:${place}`, goesBack: false })),
)
const backward: Place[] = ledgerWorkflow.steps
  .filter((step) => step.undo)
  .flatMap(({ name }) => undoFaultPlaces.map((place) => ({ at: `${name}:${place}`, goesBack: true })))
const everyPlace = [...forward, ...backward]

export async function run({ runs, seed, progress }: ChaosOptions): Promise<ChaosResult> {
  const random = seededRandom(seed)
  const attacks = planAttacks(random, runs ?? everyPlace.length)
  const arena = await openArena()
  const violations: string[] = []
  const killed: Record<string, number> = {}
  const attack = async (index: number) => {
    const told = describeAttack(attacks[index]!)
    const found = await arena.play(attacks[index]!, index).catch((error: unknown) => [String(error)])
    violations.push(...found.map((violation) => `run ${index} (${told}): ${violation}`))
    killed[attacks[index]!.kind] = (killed[attacks[index]!.kind] ?? 0) + 1
    progress(`run ${index + 1}/${attacks.length} ${told}: ${found.length === 0 ? 'held' : found.join(' ')}`)
  }
  try {
    // The catalog is everybody's: it is killed only while one operation runs.
    const isShared = (index: number) => attacks[index]!.kind === 'kill-catalog'
    const indexes = attacks.map((_, index) => index)
    const waiting = indexes.filter((index) => !isShared(index))
    const lane = async () => {
      for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) await attack(index)
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    for (const index of indexes.filter(isShared)) await attack(index)
  } finally {
    await arena.close()
  }
  return {
    ok: violations.length === 0,
    runs: attacks.length,
    seed,
    operations: attacks.length,
    attacks: killed,
    violations,
  }
}

/** Every named place first, in random order; then random attacks of every kind. */
function planAttacks(random: Random, runs: number): Attack[] {
  const places = random.shuffled(everyPlace)
  return Array.from({ length: runs }, (_, run): Attack => {
    const place = places[run]
    if (place) return { kind: 'kill-at', place }
    return randomAttack(random.forRun(run), run)
  })
}

function randomAttack(random: Random, run: number): Attack {
  const goesBack = random.next() < 0.5
  const place = random.pick(goesBack ? [...forward.slice(0, forward.length / 2), ...backward] : forward)
  const delayMs = random.below(KILL_DELAY_MS_MAX)
  if (run % CATALOG_KILLS_EVERY === 0) return { kind: 'kill-catalog', delayMs, goesBack }
  const attacks: Attack[] = [
    { kind: 'kill-twice', place: { ...place, goesBack }, heirAt: random.pick(goesBack ? backward : forward).at },
    { kind: 'kill-any-time', delayMs, goesBack },
    { kind: 'freeze-at', place: { ...place, goesBack } },
  ]
  return random.pick(attacks)
}

function describeAttack(attack: Attack): string {
  switch (attack.kind) {
    case 'kill-at':
    case 'freeze-at':
      return `${attack.kind} ${attack.place.at}`
    case 'kill-twice':
      return `kill-twice ${attack.place.at}, then ${attack.heirAt}`
    case 'kill-any-time':
    case 'kill-catalog':
      return `${attack.kind} after ${attack.delayMs} ms${attack.goesBack ? ', going back' : ''}`
  }
}

type Arena = { play(attack: Attack, run: number): Promise<string[]>; close(): Promise<void> }

async function openArena(): Promise<Arena> {
  const catalog = await startCatalog()
  const ledger = await createLedger(catalog.server.adminDsn, 'ledger')
  const alive = new Set<WorkerProcess>()
  const spawn: Spawn = async (workerName, operationId, fate) => {
    const settings = { catalogUrl: catalog.url, ledgerUrl: ledger.url, leaseTtlMs: LEASE_TTL_MS }
    const worker = await spawnWorker({ ...settings, workerName, operationId, ...fate })
    alive.add(worker)
    void worker.gone.then(() => alive.delete(worker))
    return worker
  }
  return {
    play: (attack, run) => new Run(catalog, ledger, spawn, run).play(attack),
    close: async () => {
      await Promise.all([...alive].map((worker) => worker.end()))
      await ledger.close()
      await catalog.stop()
    },
  }
}

type Spawn = (
  name: string,
  operationId: string,
  fate?: Pick<WorkerSettings, 'crashAt' | 'freezeAt'>,
) => Promise<WorkerProcess>

class Run {
  private readonly db: Db

  constructor(
    private readonly catalog: TestCatalog,
    private readonly ledger: Ledger,
    private readonly spawn: Spawn,
    private readonly run: number,
  ) {
    this.db = catalog.db
  }

  async play(attack: Attack): Promise<string[]> {
    const goesBack = 'place' in attack ? attack.place.goesBack : attack.goesBack
    const operationId = await enqueueLedger(this.db, { goesBack })
    const late = await this.strike(attack, operationId)
    await this.inherit(operationId, goesBack)
    await this.wake(late, operationId)
    return this.violations(operationId)
  }

  /** Returns the worker that is frozen, if one is. */
  private async strike(attack: Attack, operationId: string): Promise<WorkerProcess | null> {
    const victim = (fate?: Pick<WorkerSettings, 'crashAt' | 'freezeAt'>, name = 'victim') =>
      this.spawn(`${name}-${this.run}`, operationId, fate)
    switch (attack.kind) {
      case 'kill-at':
        await this.untilKilled(operationId, [await victim({ crashAt: attack.place.at })])
        return null
      case 'kill-twice':
        await this.untilKilled(
          operationId,
          await Promise.all([victim({ crashAt: attack.place.at }), victim({ crashAt: attack.heirAt }, 'heir')]),
        )
        return null
      case 'kill-any-time': {
        const worker = await victim()
        await waitForOperation(this.db, operationId, ({ leaseEpoch }) => leaseEpoch > 0n)
        await sleep(attack.delayMs)
        await worker.end()
        return null
      }
      case 'freeze-at': {
        const worker = await victim({ freezeAt: attack.place.at })
        await waitForOperation(this.db, operationId, ({ leaseEpoch }) => leaseEpoch > 0n)
        return worker
      }
      case 'kill-catalog': {
        const worker = await victim()
        await waitForOperation(this.db, operationId, ({ leaseEpoch }) => leaseEpoch > 0n)
        await sleep(attack.delayMs)
        await this.catalog.server.kill()
        await this.catalog.server.start()
        return worker
      }
    }
  }

  /** Or until they have finished the operation between them, where a place was not on their way. */
  private async untilKilled(operationId: string, workers: WorkerProcess[]): Promise<void> {
    const isFinal = waitForStatus(this.db, operationId, 'done', 'undone').then(() => sleep(LAST_RECORD_GRACE_MS))
    isFinal.catch(() => {}) // decided by the race while it matters; afterwards the operation is another worker's
    await Promise.race([Promise.all(workers.map((worker) => worker.gone)), isFinal])
    await Promise.all(workers.map((worker) => worker.end()))
  }

  /** A healthy worker takes over once the lease has run out, and brings the operation to its end. */
  private async inherit(operationId: string, goesBack: boolean): Promise<void> {
    const end = new AbortController()
    const { done } = startOperationWorker({
      db: this.db,
      workflows: [ledgerWorkflow],
      deps: { ledger: this.ledger },
      workerName: `saviour-${this.run}`,
      homeRegion: testRegion,
      leaseTtlMs: LEASE_TTL_MS,
      signal: end.signal,
      operationId,
    })
    try {
      await waitForStatus(this.db, operationId, goesBack ? 'undone' : 'done')
    } finally {
      end.abort()
      await done
    }
  }

  /** The sleeper wakes when all is over and must leave in order, having changed nothing. */
  private async wake(sleeper: WorkerProcess | null, operationId: string): Promise<void> {
    if (!sleeper) return
    const before = await this.fingerprint(operationId)
    sleeper.signal('SIGCONT')
    sleeper.signal('SIGTERM')
    await sleeper.gone
    const after = await this.fingerprint(operationId)
    if (before !== after) throw new Error(`A worker that woke late changed ${before} into ${after}.`)
  }

  private async fingerprint(operationId: string): Promise<string> {
    const [counts, events] = await Promise.all([
      this.ledger.counts(operationId),
      this.db.globalAuditEvent.count({ where: { aggregateId: operationId } }),
    ])
    return JSON.stringify({ counts, events })
  }

  private async violations(operationId: string): Promise<string[]> {
    const operation = (await findOperation(this.db, operationId))!
    const told = [...restViolations(operation), ...(await historyViolations(this.db, operation))]
    return [...told, ...(await ledgerViolations(this.db, this.ledger, operation))]
  }
}
