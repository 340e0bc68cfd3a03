import { randomInt } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { ChaosResult, ChaosSuite } from './suite'

/**
 * `npm run chaos -- --suite NAME [--runs N] [--seed S] [--data-dir DIR] [--json]`: runs e2e/chaos/NAME.chaos.ts. Exit 0
 * only when no invariant broke; 2 for a wrong call. With --json the last line of stdout is one JSON object.
 */
const SUFFIX = '.chaos.ts'
const SEED_MAX = 2 ** 31 - 1
const RUNS_MAX = 100_000
const VIOLATIONS_SHOWN_MAX = 20

async function main(): Promise<number> {
  const names = await suiteNames()
  const call = parseCall(names)
  if ('wrong' in call) {
    console.error(
      `${call.wrong}\nUsage: npm run chaos -- --suite ${names.join('|')} [--runs N] [--seed S] [--data-dir DIR] [--json]`,
    )
    return 2
  }
  const { suite, runs, seed, dataDir, json } = call
  console.error(`chaos ${suite}: seed ${seed}`)
  // Attacks make every worker complain; set LOG_LEVEL to hear them. Set before anything that reads it is loaded.
  process.env.LOG_LEVEL ??= 'silent'
  const { run } = (await import(pathToFileURL(path.join(import.meta.dirname, suite + SUFFIX)).href)) as ChaosSuite
  const result = await run({ runs, seed, dataDir, progress: (line) => console.error(line) })
  if (!json) summarise(suite, result)
  else console.log(JSON.stringify({ suite, ...result }))
  return result.ok ? 0 : 1
}

type Call = { suite: string; runs: number | null; seed: number; dataDir: string | null; json: boolean }

function parseCall(names: readonly string[]): Call | { wrong: string } {
  try {
    const { values } = parseArgs({
      options: {
        suite: { type: 'string' },
        runs: { type: 'string' },
        seed: { type: 'string' },
        'data-dir': { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    })
    const runs = values.runs === undefined ? null : Number(values.runs)
    const seed = values.seed === undefined ? randomInt(SEED_MAX) : Number(values.seed)
    if (!values.suite || !names.includes(values.suite))
      return { wrong: `No such suite: ${values.suite ?? '(none named)'}.` }
    if (runs !== null && !(Number.isInteger(runs) && runs >= 1 && runs <= RUNS_MAX))
      return { wrong: `--runs must be a whole number from 1 to ${RUNS_MAX}.` }
    if (!(Number.isInteger(seed) && seed >= 0 && seed <= SEED_MAX))
      return { wrong: `--seed must be a whole number from 0 to ${SEED_MAX}.` }
    return { suite: values.suite, runs, seed, dataDir: values['data-dir'] ?? null, json: values.json }
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) }
  }
}

async function suiteNames(): Promise<string[]> {
  const files = await readdir(import.meta.dirname)
  return files.filter((file) => file.endsWith(SUFFIX)).map((file) => file.slice(0, -SUFFIX.length))
}

function summarise(suite: string, { ok, runs, seed, operations, violations }: ChaosResult): void {
  console.log(`${suite}: ${ok ? 'held' : 'BROKEN'} in ${runs} runs with ${operations} operations, seed ${seed}.`)
  for (const violation of violations.slice(0, VIOLATIONS_SHOWN_MAX)) console.log(`  ${violation}`)
}

process.exitCode = await main()
