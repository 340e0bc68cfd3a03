import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { invariant } from '@/model/invariant'
import type { ExperimentName, Mutant } from './mutant'

type Settings = { experiment: ExperimentName; mutant: Mutant | null }

const SETTINGS_VARIABLE = 'CHAOS_EXPERIMENT'
const RUN_MS_MAX = 900_000
const TAIL_CHARS = 600
const here = (file: string) => path.resolve(import.meta.dirname, file)

/**
 * Runs one experiment, with one mutant planted or as a control, and returns what it found broken. A process of its own, since
 * a module whose text was changed stays so; the text is changed before tsx sees it, so its loader comes first.
 */
export async function runExperiment(settings: Settings): Promise<string[]> {
  const { mutant } = settings
  const loaders = ['--import', pathToFileURL(here('plant-source.mjs')).href, '--import', 'tsx']
  const child = spawn(process.execPath, [...loaders, here('experiment-process.ts')], {
    env: {
      ...process.env,
      NODE_ENV: 'test',
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
      [SETTINGS_VARIABLE]: JSON.stringify(settings),
      ...(mutant && { HOMEPORT_MUTANT: JSON.stringify({ name: mutant.name, source: mutant.source ?? [] }) }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: RUN_MS_MAX,
    killSignal: 'SIGKILL',
  })
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  const last = out.trimEnd().split('\n').at(-1) ?? ''
  if (child.exitCode !== 0 || !last.startsWith('{'))
    throw new Error(`It ended with ${child.signalCode ?? child.exitCode}: ${err.slice(-TAIL_CHARS)}`)
  return (JSON.parse(last) as { violations: string[] }).violations // written by experiment-process.ts
}

export function readExperiment(): Settings {
  const given = process.env[SETTINGS_VARIABLE]
  invariant(given, `${SETTINGS_VARIABLE} is not set: this process is started by runExperiment.`)
  return JSON.parse(given) as Settings // written by runExperiment, above
}
