import { ForcedArena } from './forced/arena'
import { isOverlap } from './forced/judge'
import { describeAttack, planAttacks } from './forced/plan-attacks'
import { seededRandom } from './seeded-random'
import type { ChaosOptions, ChaosResult } from './suite'

/**
 * A primary that is killed, frozen, cut off or simply given up while an application writes and keeps its own ledger; a failover
 * by whatever means there are, with workers killed and frozen at named places and a catalog that comes and goes; then the old
 * primary's return, its tail, and its rebuild. From the application's ledger and the servers themselves: no two epochs
 * overlap (I1, I2); what is lost fits the bound and is named row by row (I3); it stands on approvals or on a recorded
 * break-glass (I4, I14); done once (I5); it ends and leaves nothing (I6); told whole and in legal moves (I7, I12); what is
 * shown is true (I13). Clocks are set wrong in JavaScript, in the workers alone.
 */
const RUNS = 11
const skipped = [
  {
    fault: 'disk-full',
    reason: 'Needs a small disk and a privileged user: played in forced/disk-full.int.test.ts.',
  },
]

export async function run({ runs, seed, progress }: ChaosOptions): Promise<ChaosResult> {
  const attacks = planAttacks(seededRandom(seed), runs ?? RUNS)
  let arena = await ForcedArena.open()
  const violations: string[] = []
  const tally = { ended: {} as Record<string, number>, fencedBy: {} as Record<string, number> }
  let [ackedWrites, lostAckedWrites, overlaps] = [0, 0, 0]
  const close = async () => {
    ackedWrites += arena.cell.writer.acks.length
    await arena.close()
  }
  try {
    for (const [index, attack] of attacks.entries()) {
      const startedMs = performance.now()
      const told = describeAttack(attack)
      const played = await arena.play(attack).catch((error: unknown) => ({
        violations: [error instanceof Error ? (process.env.VERBOSE ? error.stack! : error.message) : String(error)],
        status: 'broken',
        reason: null,
        strength: null,
        lostCount: 0,
      }))
      count(tally.ended, played.status)
      if (played.strength) count(tally.fencedBy, played.strength)
      lostAckedWrites += played.lostCount
      overlaps += played.violations.filter(isOverlap).length
      violations.push(...played.violations.map((found) => `run ${index} (${told}): ${found}`))
      const verdict = played.violations.length === 0 ? 'held' : played.violations.join(' ')
      const tookSeconds = ((performance.now() - startedMs) / 1_000).toFixed(1)
      progress(
        `run ${index + 1}/${attacks.length} ${told} (${[played.status, played.strength, played.reason].filter(Boolean).join(' ')}, ${played.lostCount} lost, ${tookSeconds} s): ${verdict}`,
      )
      // What one run broke must not be held against the next.
      if (played.violations.length > 0 && index + 1 < attacks.length) {
        await close()
        arena = await ForcedArena.open()
      }
    }
  } finally {
    await close()
  }
  return {
    ok: violations.length === 0,
    runs: attacks.length,
    seed,
    operations: attacks.length,
    ackedWrites,
    /** Within the bounds that were approved, and each of them in a ledger; anything else is a violation. */
    lostAckedWrites,
    overlaps,
    ...tally,
    skipped,
    violations,
  }
}

function count(tally: Record<string, number>, name: string): void {
  tally[name] = (tally[name] ?? 0) + 1
}
