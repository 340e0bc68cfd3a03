import { seededRandom } from './seeded-random'
import type { ChaosOptions, ChaosResult } from './suite'
import { Arena } from './switchover/arena'
import { describeAttack, planAttacks } from './switchover/plan-attacks'

/**
 * Switchovers of a real cell under steady writes while workers, the web process, the sequencer of the audit trail, the catalog
 * and the servers are killed or frozen and the link is cut. From the application's own ledger and the servers themselves, after every run: one writable server (I1, I2),
 * nothing acknowledged is lost (I3), the run stands on one consumed approval (I4), effects at most once (I5), it ended and
 * left nothing closed or held (I6), its events are complete, in an unbroken order, and retell its history by legal moves (I7, I12);
 * an application that knows the cell by the console's routes alone finds its way back.
 */
const RUNS = 20

export async function run({ runs, seed, progress }: ChaosOptions): Promise<ChaosResult> {
  const attacks = planAttacks(seededRandom(seed), runs ?? RUNS)
  const arena = await Arena.open()
  const violations: string[] = []
  let operations = 0
  try {
    for (const [index, attack] of attacks.entries()) {
      const startedMs = performance.now()
      const found = await arena.play(attack).catch((error: unknown) => [String(error)])
      operations += 1
      violations.push(...found.map((violation) => `run ${index} (${describeAttack(attack)}): ${violation}`))
      const tookSeconds = ((performance.now() - startedMs) / 1_000).toFixed(1)
      const verdict = found.length === 0 ? 'held' : found.join(' ')
      progress(`run ${index + 1}/${attacks.length} ${describeAttack(attack)} (${tookSeconds} s): ${verdict}`)
    }
    await arena.cell.heal()
    const { lost, overlaps } = await arena.cell.wholeLedger()
    if (lost > 0 || overlaps > 0) violations.push(`At the end ${lost} writes are lost and ${overlaps} overlap.`)
    return {
      ok: violations.length === 0,
      runs: attacks.length,
      seed,
      operations,
      ackedWrites: arena.cell.writer.acks.length,
      lostAckedWrites: lost,
      overlaps,
      violations,
    }
  } finally {
    await arena.close()
  }
}
