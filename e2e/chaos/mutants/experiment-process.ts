import { experiments } from './experiments'
import { plantingOf } from './plant-sql'
import { readExperiment } from './spawn-experiment'

/** One experiment in a process of its own, with one mutant planted or none; its last line says what it found broken. */
const { experiment, mutant } = readExperiment()
const violations = await experiments[experiment](plantingOf(mutant))
process.stdout.write(`\n${JSON.stringify({ violations })}\n`, () => process.exit(0))
