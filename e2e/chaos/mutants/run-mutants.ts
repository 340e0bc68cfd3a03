import type { ChaosOptions, ChaosResult } from '../suite'
import type { ExperimentName, Mutant } from './mutant'
import { mutants } from './mutants'
import { runExperiment } from './spawn-experiment'

type Caught = { mutant: string; caughtBy: ExperimentName | null; invariant: string | null; says: string }

/**
 * I17: every planted bug is noticed by the cheapest experiment that should, and by the invariant that it breaks; and every
 * experiment finds nothing where nothing is planted, or its word would be worth nothing.
 */
export async function runMutants(
  { seed, progress }: Pick<ChaosOptions, 'seed' | 'progress'>,
  only: readonly string[] = [],
): Promise<ChaosResult> {
  const chosen = mutants.filter(({ name }) => only.length === 0 || only.includes(name))
  const known = new Set(mutants.map(({ name }) => name))
  const violations = only.filter((name) => !known.has(name)).map((name) => `There is no mutant named ${name}.`)
  for (const experiment of new Set(chosen.map((mutant) => mutant.experiment))) {
    const found = await runExperiment({ experiment, mutant: null }).catch((error: unknown) => [String(error)])
    violations.push(...found.map((says) => `control of ${experiment}: ${says}`))
    progress(`control of ${experiment}: ${found.length === 0 ? 'nothing is broken' : found.join(' ')}`)
  }
  const caught: Caught[] = []
  for (const mutant of chosen) {
    const verdict = await tryToCatch(mutant)
    caught.push(verdict)
    if (!verdict.caughtBy) violations.push(`${mutant.name} lives: ${verdict.says}`)
    progress(
      `${mutant.name}: ${verdict.caughtBy ? `caught by ${verdict.caughtBy}, ${verdict.invariant}` : 'LIVES'} (${verdict.says})`,
    )
  }
  return { ok: violations.length === 0, runs: chosen.length, seed, operations: chosen.length, caught, violations }
}

async function tryToCatch({ ...mutant }: Mutant): Promise<Caught> {
  const { name, experiment, invariant } = mutant
  try {
    const found = await runExperiment({ experiment, mutant })
    const mine = found.find((says) => says.startsWith(`${invariant}:`))
    const nothing = found.length === 0 ? 'Nothing was found broken.' : `Only this was found broken: ${found.join(' ')}`
    return {
      mutant: name,
      caughtBy: mine ? experiment : null,
      invariant: mine ? invariant : null,
      says: mine ?? nothing,
    }
  } catch (error) {
    return {
      mutant: name,
      caughtBy: null,
      invariant: null,
      says: error instanceof Error ? error.message : String(error),
    }
  }
}
