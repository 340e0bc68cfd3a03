import type { ApplicationReport } from '../chaos/switchover/spawn-application'
import type { BenchOptions, Comparison, Figures } from './bench'
import { type ByHand, Stage } from './switchover/stage'

export const name = 'switchover'
export const description =
  'longest gap between acknowledged writes of a 500-writes/s client across a switchover by Homeport, beside hand-scripted sequences on the same cell, in turn'

const ROUNDS = 7
const RATIO_MAX = 1.3
/** No single run of ours may be longer than this many medians of the script. */
const WORST_RATIO_MAX = 2
const AFTER_FIRST_ACK_MS = 250

/**
 * `script`: what one does without Homeport, a read-only default and no gate. `gated-script` has the gate and proves nothing;
 * `gated-script-connected` also has a client that holds a connection to the target beforehand.
 */
const byHand = {
  script: { isGated: false, isConnected: false },
  'gated-script': { isGated: true, isConnected: false },
  'gated-script-connected': { isGated: true, isConnected: true },
} as const satisfies Record<string, ByHand>
type Way = 'homeport' | keyof typeof byHand
const ways = ['script', 'homeport', 'gated-script', 'gated-script-connected'] as const satisfies readonly Way[]
type Measured = { gapMs: number; errors: string[]; lost: number; refused: number }

export async function run({ rounds, dataDir, progress }: BenchOptions): Promise<Comparison> {
  if (dataDir)
    progress('This bench moves a cell back and forth, so it uses one of its own and leaves the estate alone.')
  const stage = await Stage.open()
  const measured = Object.fromEntries(ways.map((way) => [way, []])) as unknown as Record<Way, Measured[]>
  try {
    // The first of each is not counted: code that runs for the first time is compiled then.
    for (let round = 0; round <= (rounds ?? ROUNDS); round += 1) {
      for (const way of ways) {
        const found = await measure(stage, way, progress)
        if (round > 0) measured[way].push(found)
        progress(
          `round ${round}${round === 0 ? ' (not counted)' : ''}: ${way} ${found.gapMs.toFixed(1)} ms, ${found.errors.length} errors`,
        )
      }
    }
  } finally {
    await stage.close()
  }
  return judge(measured)
}

async function measure(stage: Stage, way: Way, progress: BenchOptions['progress']): Promise<Measured> {
  if (way !== 'homeport') {
    const { report } = await stage.switchByHand(byHand[way])
    return judgeReport(report, await stage.storedIds())
  }
  const { report, operation } = await stage.switchByHomeport()
  if (process.env.VERBOSE) progress(describeSteps(operation.steps))
  return judgeReport(report, await stage.storedIds())
}

function describeSteps(steps: readonly { name: string; startedAt: Date | null; finishedAt: Date | null }[]): string {
  return steps
    .map(
      (step) =>
        `  ${step.name} ${step.startedAt?.toISOString().slice(17)} +${Number(step.finishedAt) - Number(step.startedAt)} ms`,
    )
    .join('\n')
}

/** From the start until shortly after the first write at the new epoch: the rebuild of the old primary is another matter. */
function judgeReport({ acknowledged, errors, refused }: ApplicationReport, stored: ReadonlySet<number>): Measured {
  const oldEpoch = acknowledged[0]?.epoch
  const firstNew = acknowledged.find(({ epoch }) => epoch !== oldEpoch)
  if (!firstNew) throw new Error('No write was acknowledged at the new epoch.')
  const window = acknowledged.filter(({ atMs }) => atMs <= firstNew.atMs + AFTER_FIRST_ACK_MS)
  const gaps = window.slice(1).map(({ atMs }, index) => atMs - window[index]!.atMs)
  return { gapMs: Math.max(...gaps), errors, refused, lost: acknowledged.filter(({ id }) => !stored.has(id)).length }
}

function judge(measured: Record<Way, Measured[]>): Comparison {
  const figures = Object.fromEntries(Object.entries(measured).map(([way, runs]) => [way, figuresOf(runs)])) as Record<
    Way,
    Figures
  >
  const medianOf = (way: Way) => median(measured[way].map(({ gapMs }) => gapMs))
  const { homeport, ...beside } = figures
  const ratio = Object.fromEntries(
    Object.keys(beside).map((way) => [way, medianOf('homeport') / medianOf(way as Way)]),
  ) as Record<keyof typeof byHand, number>
  const worstRatio = Math.max(...measured.homeport.map(({ gapMs }) => gapMs)) / medianOf('script')
  const isClean = measured.homeport.every(({ errors, lost }) => errors.length === 0 && lost === 0)
  return {
    ok: ratio.script <= RATIO_MAX && worstRatio <= WORST_RATIO_MAX && isClean,
    ours: homeport,
    beside,
    ratio,
    goal: { script: RATIO_MAX },
    goalIs: 'max',
    worstRatio,
    worstRatioMax: WORST_RATIO_MAX,
  }
}

function figuresOf(runs: readonly Measured[]): Figures {
  const gaps = runs.map(({ gapMs }) => Math.round(gapMs * 10) / 10).sort((a, b) => a - b)
  return {
    runs: runs.length,
    gapMsMedian: median(gaps),
    gapMsMin: gaps[0] ?? null,
    gapMsMax: gaps.at(-1) ?? null,
    clientErrors: runs.reduce((sum, { errors }) => sum + errors.length, 0),
    lostWrites: runs.reduce((sum, { lost }) => sum + lost, 0),
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
