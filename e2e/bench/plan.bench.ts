import { performance } from 'node:perf_hooks'
import { startCatalog } from '@/server/db/testing'
import { forcedSteps } from '@/server/domain/operations/forced/forced-workflow'
import { planForcedFailover } from '@/server/domain/operations/forced/plan-forced'
import { readWorld } from '@/server/domain/operations/world/read-world'
import type { BenchOptions, Comparison, Figures } from './bench'
import { seedLargeCell } from './plan/seed-large-cell'

export const name = 'plan'
export const description =
  'planning a forced failover of a cell with 100,000 tenants, beside one plain count of its tenants by policy'

const TENANTS = 100_000
const ROUNDS = 30
const WARM_UP_ROUNDS = 3
/** From the question to the plan, whatever else happens in the estate. */
const PLAN_MS_MAX = 1_000
/** The plan also hashes every tenant with its policy, which no count does. */
const RATIO_MAX = 10

const MADE_BY = '019f0000-0000-7000-8000-0000000000aa'

export async function run({ rounds, progress }: BenchOptions): Promise<Comparison> {
  const catalog = await startCatalog()
  try {
    const { cellId } = await seedLargeCell(catalog.db, TENANTS)
    progress(`${TENANTS} tenants of 8 policies in ${cellId}.`)
    const plan = async () => {
      const world = await readWorld(catalog.db, cellId)
      const order = {
        targetMember: null,
        madeBy: MADE_BY,
        steps: forcedSteps,
        overrides: [],
        isBreakGlass: false,
        isDeclared: false,
      }
      const choice = planForcedFailover(world!, order)
      if (world?.tenantCount !== TENANTS || choice.candidates.length === 0)
        throw new Error('The plan saw another cell.')
      return choice.plan !== null
    }
    const count = () => catalog.db.$queryRaw`
      SELECT residency_policy, count(*) FROM tenant_region_assignment WHERE cell_id = ${cellId} GROUP BY 1`
    const ours: number[] = []
    const beside: number[] = []
    let isPlanned = true
    for (let round = -WARM_UP_ROUNDS; round < (rounds ?? ROUNDS); round++) {
      const planMs = await timed(async () => {
        isPlanned = (await plan()) && isPlanned
      })
      const countMs = await timed(count)
      if (round < 0) continue
      ours.push(planMs)
      beside.push(countMs)
    }
    const figures = prepareFigures(ours)
    const peer = prepareFigures(beside)
    const ratio = Number((quantile(ours, 0.5) / quantile(beside, 0.5)).toFixed(2))
    return {
      ok: isPlanned && ratio <= RATIO_MAX && quantile(ours, 0.95) <= PLAN_MS_MAX,
      ours: { ...figures, tenants: TENANTS, p95LimitMs: PLAN_MS_MAX },
      beside: { 'count by policy': peer },
      ratio: { 'count by policy': ratio },
      goal: { 'count by policy': RATIO_MAX },
      goalIs: 'max',
      isPlanned,
    }
  } finally {
    await catalog.stop()
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now()
  await work()
  return performance.now() - startedAtMs
}

function prepareFigures(samplesMs: readonly number[]): Figures {
  return {
    p50Ms: Number(quantile(samplesMs, 0.5).toFixed(1)),
    p95Ms: Number(quantile(samplesMs, 0.95).toFixed(1)),
    maxMs: Number(Math.max(...samplesMs).toFixed(1)),
    rounds: samplesMs.length,
  }
}

function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!
}
