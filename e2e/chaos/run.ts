import { randomInt } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { ChaosOptions, ChaosResult, ChaosSuite } from './suite'

/**
 * `npm run chaos -- --suite NAME [--runs N] [--seed S] [--data-dir DIR] [--json]`: runs e2e/chaos/NAME.chaos.ts. Exit 0
 * only when no invariant broke; 2 for a wrong call. With --json the last line of stdout is one JSON object.
 * `npm run chaos -- --mutants [--only NAME,NAME] [--json]`: plants one bug after the other and sees whether it is noticed.
 * `npm run chaos -- --short [--json]`: a few runs of each, one after the other, as part of `npm test`.
 */
const SUFFIX = '.chaos.ts'
const MUTANTS = 'mutants'
const SHORT_SEED = 1
const SEED_MAX = 2 ** 31 - 1
const RUNS_MAX = 100_000
const VIOLATIONS_SHOWN_MAX = 20

async function main(): Promise<number> {
  const names = await suiteNames()
  const call = parseCall(names)
  if ('wrong' in call) {
    console.error(`${call.wrong}\n${usage(names)}`)
    return 2
  }
  // Attacks make every worker complain; set LOG_LEVEL to hear them. Set before anything that reads it is loaded.
  process.env.LOG_LEVEL ??= 'silent'
  let isOk = true
  for (const part of call.isShort ? shortParts(call) : [call]) isOk = (await runPart(part)) && isOk
  return isOk ? 0 : 1
}

async function runPart({ suite, runs, seed, dataDir, only, json }: Call): Promise<boolean> {
  console.error(`chaos ${suite}: seed ${seed}`)
  const startedMs = performance.now()
  const progress = (line: string) => console.error(line)
  const result =
    suite === MUTANTS
      ? await plant({ seed, progress }, only)
      : await (await load(suite)).run({ runs, seed, dataDir, progress })
  const tookMs = Math.round(performance.now() - startedMs)
  if (json) console.log(JSON.stringify({ suite, ...result, tookMs }))
  else summarise(suite, result)
  return result.ok
}

function load(suite: string): Promise<ChaosSuite> {
  return import(pathToFileURL(path.join(import.meta.dirname, suite + SUFFIX)).href) as Promise<ChaosSuite>
}

async function plant(options: Pick<ChaosOptions, 'seed' | 'progress'>, only: readonly string[]): Promise<ChaosResult> {
  const { runMutants } = await import('./mutants/run-mutants')
  return runMutants(options, only)
}

type Call = {
  suite: string
  runs: number | null
  seed: number
  dataDir: string | null
  only: readonly string[]
  isShort: boolean
  json: boolean
}

/** What every test run can afford, one after the other: always the same, so that a red one is red again. */
function shortParts(call: Call): Call[] {
  const part = { ...call, seed: SHORT_SEED, isShort: false }
  return [
    { ...part, suite: 'switchover', runs: 20 },
    { ...part, suite: 'approvals', runs: 4 },
    { ...part, suite: 'forced', runs: 1 },
    { ...part, suite: 'restart', runs: 2 },
    { ...part, suite: MUTANTS, only: ['fence-without-lock', 'late-order-accepted', 'id-tailing-sequencer'] },
  ]
}

function parseCall(names: readonly string[]): Call | { wrong: string } {
  try {
    const { values } = parseArgs({
      options: {
        suite: { type: 'string' },
        runs: { type: 'string' },
        seed: { type: 'string' },
        'data-dir': { type: 'string' },
        mutants: { type: 'boolean', default: false },
        only: { type: 'string' },
        short: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    })
    const runs = values.runs === undefined ? null : Number(values.runs)
    const seed = values.seed === undefined ? randomInt(SEED_MAX) : Number(values.seed)
    const suite = values.short ? 'short' : values.mutants ? MUTANTS : values.suite
    if (!suite || !(values.short || values.mutants || names.includes(suite)))
      return { wrong: `No such suite: ${values.suite ?? '(none named)'}.` }
    if (runs !== null && !(Number.isInteger(runs) && runs >= 1 && runs <= RUNS_MAX))
      return { wrong: `--runs must be a whole number from 1 to ${RUNS_MAX}.` }
    if (!(Number.isInteger(seed) && seed >= 0 && seed <= SEED_MAX))
      return { wrong: `--seed must be a whole number from 0 to ${SEED_MAX}.` }
    const only = values.only?.split(',') ?? []
    return { suite, runs, seed, dataDir: values['data-dir'] ?? null, only, isShort: values.short, json: values.json }
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) }
  }
}

function usage(names: readonly string[]): string {
  return [
    `Usage: npm run chaos -- --suite ${names.join('|')} [--runs N] [--seed S] [--data-dir DIR] [--json]`,
    '       npm run chaos -- --mutants [--only NAME,NAME] [--json]',
    '       npm run chaos -- --short [--json]',
  ].join('\n')
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
