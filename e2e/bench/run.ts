import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { type Bench, type Comparison, inOneShape } from './bench'

/**
 * `npm run -s bench -- NAME [--rounds N] [--data-dir DIR] [--json]`: runs e2e/bench/NAME.bench.ts. Exit 0 only when the goal was
 * met; 2 for a wrong call. Progress is on stderr; with --json the last line of stdout is one JSON object: {bench, ok, ours, beside,
 * ratio, goal, goalIs, ...}, `beside`, `ratio` and `goal` by the name of what was measured beside.
 */
const SUFFIX = '.bench.ts'
const ROUNDS_MAX = 1_000

async function main(): Promise<number> {
  const names = await benchNames()
  const call = parseCall(names)
  if ('wrong' in call) {
    console.error(`${call.wrong}\nUsage: npm run -s bench -- NAME [--rounds N] [--data-dir DIR] [--json]`)
    for (const name of names) console.error(`  ${name}: ${(await load(name)).description}`)
    return 2
  }
  const bench = await load(call.name)
  console.error(`bench ${bench.name}: ${bench.description}`)
  const startedAt = performance.now()
  const options = { dataDir: call.dataDir, rounds: call.rounds, progress: (line: string) => console.error(line) }
  const result = inOneShape(await bench.run(options))
  const durationMs = Math.round(performance.now() - startedAt)
  if (call.json) console.log(JSON.stringify({ bench: bench.name, durationMs, ...result }))
  else print(bench, result)
  return result.ok ? 0 : 1
}

type Call = { name: string; rounds: number | null; dataDir: string | null; json: boolean }

function parseCall(names: readonly string[]): Call | { wrong: string } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        rounds: { type: 'string' },
        'data-dir': { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    })
    const [name, ...surplus] = positionals
    if (!name || surplus.length > 0 || !names.includes(name)) {
      return { wrong: `No such bench: ${positionals.join(' ') || '(none named)'}.` }
    }
    const rounds = values.rounds === undefined ? null : Number(values.rounds)
    if (rounds !== null && !(Number.isInteger(rounds) && rounds >= 1 && rounds <= ROUNDS_MAX)) {
      return { wrong: `--rounds must be a whole number from 1 to ${ROUNDS_MAX}.` }
    }
    return { name, rounds, dataDir: values['data-dir'] ?? null, json: values.json }
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) }
  }
}

async function benchNames(): Promise<string[]> {
  const files = await readdir(import.meta.dirname)
  return files.filter((file) => file.endsWith(SUFFIX)).map((file) => file.slice(0, -SUFFIX.length))
}

async function load(name: string): Promise<Bench> {
  return (await import(pathToFileURL(path.join(import.meta.dirname, name + SUFFIX)).href)) as Bench
}

function print(bench: Bench, { ok, ours, beside, ratio, goal, goalIs }: Comparison): void {
  console.log(`${bench.name}: ${ok ? 'met' : 'MISSED'}.`)
  console.log('  ours', ours)
  for (const [name, figures] of Object.entries(beside)) {
    const wanted = goal[name] === undefined ? 'no goal' : `goal at ${goalIs === 'min' ? 'least' : 'most'} ${goal[name]}`
    console.log(`  ${name} (ratio ${ratio[name]?.toFixed(3)}, ${wanted})`, figures)
  }
}

process.exitCode = await main()
