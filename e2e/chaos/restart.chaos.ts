import { ForcedArena } from './forced/arena'
import { isOverlap } from './forced/judge'
import { describeRestart, planRestarts } from './restart/plan-restarts'
import { playRestart } from './restart/play-restart'
import { seededRandom } from './seeded-random'
import type { ChaosOptions, ChaosResult } from './suite'

/**
 * Every named place of every workflow, from the tables of their steps: the worker that has the operation is killed there, or
 * frozen until another has finished, on a real cell under writes. The operation ends, nothing of it is done twice, what it
 * left fits its end (I5, I6), its history is legal and told whole (I7, I12), and the application lost nothing that it should not.
 */
export async function run({ runs, seed, progress }: ChaosOptions): Promise<ChaosResult> {
  const { restarts, pointCount } = planRestarts(seededRandom(seed), runs)
  let arena = await ForcedArena.open()
  const violations: string[] = []
  const perKind: Record<string, number> = {}
  const unreached: string[] = []
  let [ackedWrites, lostAckedWrites] = [0, 0]
  const close = async () => {
    ackedWrites += arena.cell.writer.acks.length
    unreached.push(...arena.workers.unreached)
    await arena.close()
  }
  try {
    for (const [index, restart] of restarts.entries()) {
      const startedMs = performance.now()
      const told = describeRestart(restart)
      const broken = (error: unknown) => ({ violations: [String(error)], lostCount: 0 })
      const { violations: found, lostCount } = await playRestart(arena, restart).catch(broken)
      lostAckedWrites += lostCount
      perKind[restart.kind] = (perKind[restart.kind] ?? 0) + 1
      violations.push(...found.map((violation) => `run ${index} (${told}): ${violation}`))
      const tookSeconds = ((performance.now() - startedMs) / 1_000).toFixed(1)
      progress(
        `run ${index + 1}/${restarts.length} ${told} (${tookSeconds} s): ${found.length === 0 ? 'held' : found.join(' ')}`,
      )
      if (found.length === 0 || index + 1 === restarts.length) continue
      await close()
      arena = await ForcedArena.open()
    }
  } finally {
    await close()
  }
  violations.push(...unreached.map((place) => `${place} was never reached.`))
  const places = new Set(restarts.map(({ kind, fate }) => `${kind} ${fate.at}`)).size
  const covered = { places, of: pointCount }
  return {
    ok: violations.length === 0,
    runs: restarts.length,
    seed,
    operations: restarts.length,
    ackedWrites,
    /** By failovers, within their bounds and named in a ledger. */
    lostAckedWrites,
    overlaps: violations.filter(isOverlap).length,
    covered,
    perKind,
    violations,
  }
}
