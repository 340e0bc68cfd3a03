/**
 * `npm run check`: everything that needs neither a server nor a browser, side by side. Prints one line a check, the
 * output of what failed, and how long each took; exits 0 only when all pass.
 */
import { spawn } from 'node:child_process'

type Check = { name: string; command: readonly string[] }
type Result = Check & { passed: boolean; output: string; tookMs: number }

const CHECK_TIMEOUT_MS = 5 * 60_000

/** Generated code that the checks read, beside the catalog client that the preload makes: the types of the routes. */
const generators: readonly Check[] = [{ name: 'generate route types', command: ['next', 'typegen'] }]

const checks: readonly Check[] = [
  { name: 'types', command: ['tsc', '--noEmit', '-p', '.'] },
  { name: 'lint and format', command: ['biome', 'check', '--error-on-warnings'] },
  {
    name: 'boundaries',
    command: ['depcruise', '--config', '.dependency-cruiser.mjs', 'app', 'components', 'model', 'server', 'e2e'],
  },
  { name: 'unused code', command: ['knip', '--no-progress'] },
  { name: 'unit tests', command: ['vitest', 'run', '--project', 'unit'] },
]

function run(check: Check): Promise<Result> {
  const startedAt = performance.now()
  return new Promise((resolve) => {
    const [program, ...args] = check.command
    const child = spawn(`node_modules/.bin/${program}`, args, {
      env: { ...process.env, CHECKPOINT_DISABLE: '1', NEXT_TELEMETRY_DISABLED: '1', FORCE_COLOR: '0' },
      timeout: CHECK_TIMEOUT_MS,
    })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    const finish = (passed: boolean) => resolve({ ...check, passed, output, tookMs: performance.now() - startedAt })
    child.on('error', (error) => {
      output += String(error)
      finish(false)
    })
    child.on('close', (code) => finish(code === 0))
  })
}

function report({ name, passed, output, tookMs }: Result): boolean {
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${name} (${(tookMs / 1000).toFixed(1)} s)`)
  if (!passed) console.log(output)
  return passed
}

const generated = await Promise.all(generators.map(run))
const verdicts = generated.map(report)
if (verdicts.every(Boolean))
  verdicts.push(...(await Promise.all(checks.map(async (check) => report(await run(check))))))
process.exitCode = verdicts.every(Boolean) ? 0 : 1
