import type { BenchOptions, Comparison, Figures } from './bench'
import { type Failover, ForcedStage } from './forced/stage'

export const name = 'forced'
export const description =
  'from the click that completes the quorum to the first acknowledged write after kill -9 of the primary, beside probing, promoting and opening by hand, in turn on one cell'

const ROUNDS = 5
const ADDED_MS_MAX = 300
/** No single failover of ours may take longer than the script's median and this. */
const WORST_ADDED_MS_MAX = 1_000

type Way = 'homeport' | 'bare'

export async function run({ rounds, dataDir, progress }: BenchOptions): Promise<Comparison> {
  if (dataDir) progress('This bench kills primaries, so it uses a cell of its own and leaves the estate alone.')
  const stage = await ForcedStage.open()
  const measured: Record<Way, Failover[]> = { homeport: [], bare: [] }
  try {
    // The first of each is not counted: code that runs for the first time is compiled then.
    for (let round = 0; round <= (rounds ?? ROUNDS); round += 1) {
      for (const way of ['bare', 'homeport'] as const) {
        const found = way === 'bare' ? await stage.failOverByHand() : await stage.failOverByHomeport()
        if (round > 0) measured[way].push(found)
        progress(
          `round ${round}${round === 0 ? ' (not counted)' : ''}: ${way} ${tookMs(found)} ms${describeSteps(found)}`,
        )
      }
    }
  } finally {
    await stage.close()
  }
  return judge(measured)
}

function judge({ homeport, bare }: Record<Way, Failover[]>): Comparison {
  const bareMs = median(bare.map(tookMs))
  const addedMsMedian = median(homeport.map(tookMs)) - bareMs
  const addedMsWorst = Math.max(...homeport.map(tookMs)) - bareMs
  return {
    ok: addedMsMedian <= ADDED_MS_MAX && addedMsWorst <= WORST_ADDED_MS_MAX,
    ours: {
      ...figuresOf(homeport),
      fromCommittedVoteMsMedian: median(
        homeport.map(({ approvedAtMs, firstAckAtMs }) => Math.round(firstAckAtMs - approvedAtMs)),
      ),
      fences: [...new Set(homeport.map(({ operation }) => strengthOf(operation)))].join(', '),
    },
    beside: { bare: figuresOf(bare) },
    ratio: { bare: (bareMs + addedMsMedian) / bareMs },
    goal: { bare: (bareMs + ADDED_MS_MAX) / bareMs },
    goalIs: 'max',
    addedMsMedian,
    addedMsMax: ADDED_MS_MAX,
    addedMsWorst,
    addedMsWorstMax: WORST_ADDED_MS_MAX,
    stepMsMedian: stepMedians(homeport),
  }
}

function figuresOf(runs: readonly Failover[]): Figures {
  const took = runs.map(tookMs)
  return { runs: runs.length, msMedian: median(took), msMin: Math.min(...took), msMax: Math.max(...took) }
}

function tookMs({ startedAtMs, firstAckAtMs }: Failover): number {
  return Math.round(firstAckAtMs - startedAtMs)
}

type Steps = NonNullable<Failover['operation']>['steps']

function strengthOf(operation: Failover['operation']): string {
  const output = operation?.steps.find((step) => step.name === 'fence-old-primary')?.output
  return (output as { strength?: string } | null)?.strength ?? 'unknown'
}

/** By the catalog's clock: each step from its start to its record, which is where the next one starts. */
function durationsOf(steps: Steps): [string, number][] {
  return steps.map((step) => [step.name, Number(step.finishedAt) - Number(step.startedAt)])
}

function stepMedians(runs: readonly Failover[]): Record<string, number> {
  const all = runs.flatMap(({ operation }) => durationsOf(operation?.steps ?? []))
  const names = [...new Set(all.map(([step]) => step))]
  return Object.fromEntries(
    names.map((step) => [step, median(all.filter(([name]) => name === step).map(([, ms]) => ms))]),
  )
}

function describeSteps({ operation, startedAtMs, approvedAtMs }: Failover): string {
  if (!operation) return ''
  const steps = durationsOf(operation.steps).map(([step, ms]) => `${step} ${ms}`)
  return ` (the vote ${Math.round(approvedAtMs - startedAtMs)}, ${steps.join(', ')})`
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
