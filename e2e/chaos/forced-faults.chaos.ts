import { forcedWorkflow } from '@/server/domain/operations/forced/forced-workflow'
import { ForcedCell } from '@/server/domain/operations/forced/testing-forced'
import { everyFault } from '@/server/workflows/every-fault'
import { proveWorkflow } from '@/server/workflows/fault-matrix'
import { connectAs } from '@/server/workflows/testing/catalog-connection'
import { seededRandom } from './seeded-random'
import type { ChaosOptions, ChaosResult } from './suite'

/**
 * Every fault of the generic matrix at every step and undo of the forced failover, while the primary that is cut off goes on
 * writing: all of them, or `runs` of them.
 */
export async function run({ runs, seed, progress }: ChaosOptions): Promise<ChaosResult> {
  const faults = seededRandom(seed).shuffled(everyFault(forcedWorkflow))
  const chosen = faults.slice(0, runs ?? faults.length)
  const cell = await ForcedCell.start({ isReporting: false })
  let connections = 0
  try {
    const verdicts = await proveWorkflow({
      db: cell.db,
      connect: () => connectAs(cell.base.catalog.url, cell.db, `worker-${++connections}`),
      workflow: forcedWorkflow,
      faults: chosen,
      worldFor: (fault) => cell.scene(fault),
      person: { actor: cell.base.actor, homeRegion: 'eu-west-1' },
      concurrencyMax: 1,
      onVerdict: ({ fault, status, violations }) =>
        progress(`${fault} (${status}): ${violations.length === 0 ? 'held' : violations.join(' ')}`),
    })
    const violations = verdicts.flatMap(({ fault, violations }) => violations.map((found) => `${fault}: ${found}`))
    return { ok: violations.length === 0, runs: verdicts.length, seed, operations: verdicts.length, violations }
  } finally {
    await cell.stop()
  }
}
