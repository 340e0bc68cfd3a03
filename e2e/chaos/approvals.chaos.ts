import { describeRound, planRounds } from './approvals/plan-rounds'
import { ApprovalStage } from './approvals/stage'
import { seededRandom } from './seeded-random'
import type { ChaosOptions, ChaosResult } from './suite'

/**
 * Fifty clicks at once on one request, by people, by strangers, and by the same people again, while roles, plans, the world and
 * the clock change around them: over HTTP handlers of a whole web process on a real catalog. From the catalog's rows and the
 * clicks' own answers, after every round: what started was read and agreed to by enough entitled people (I4), once (I5),
 * is told whole (I7), and nobody else could do it (I14).
 */
/** Acknowledged writes are votes here: those that the console answered with "counted". */
const ROUNDS = 30

export async function run({ runs, seed, progress }: ChaosOptions): Promise<ChaosResult> {
  const random = seededRandom(seed)
  const rounds = planRounds(random, runs ?? ROUNDS)
  const stage = await ApprovalStage.open()
  const violations: string[] = []
  let [clicks, operations, ackedWrites, lostAckedWrites] = [0, 0, 0, 0]
  try {
    for (const [index, round] of rounds.entries()) {
      const told = describeRound(round)
      const played = await stage.play(round, random.forRun(rounds.length + index)).catch((error: unknown) => ({
        violations: [String(error)],
        clicks: 0,
        acked: 0,
        lost: 0,
        started: false,
      }))
      clicks += played.clicks
      ackedWrites += played.acked
      lostAckedWrites += played.lost
      if (played.started) operations += 1
      violations.push(...played.violations.map((found) => `run ${index} (${told}): ${found}`))
      const verdict = played.violations.length === 0 ? 'held' : played.violations.join(' ')
      progress(`run ${index + 1}/${rounds.length} ${told} (${played.started ? 'started' : 'not started'}): ${verdict}`)
    }
  } finally {
    await stage.close()
  }
  const overlaps = violations.filter((found) => found.includes('operations are active on')).length
  return {
    ok: violations.length === 0,
    runs: rounds.length,
    seed,
    operations,
    clicks,
    ackedWrites,
    lostAckedWrites,
    overlaps,
    violations,
  }
}
