import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Endpoint } from '@/server/engines/contract'

const SETTINGS = 'HOMEPORT_TEST_RENEWER'

export type RenewerSettings = { catalogUrl: string; workerName: string; endpoints: Record<string, Endpoint> }

export type RenewerProcess = {
  signal(name: NodeJS.Signals): void
  /** Resolves with the signal that ended it, null when it left in order. */
  gone: Promise<NodeJS.Signals | null>
  /** Kills what is left of it. */
  end(): Promise<void>
}

export async function spawnRenewer(settings: RenewerSettings): Promise<RenewerProcess> {
  const script = fileURLToPath(new URL('./renewer-process.ts', import.meta.url))
  const env = { ...process.env, [SETTINGS]: JSON.stringify(settings), LOG_LEVEL: 'silent' }
  const child = spawn(process.execPath, ['--import', 'tsx', script], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = once(child, 'exit').then(([, signal]) => signal as NodeJS.Signals | null)
  await Promise.race([
    once(child.stdout, 'data'),
    gone.then(() => Promise.reject(new Error('The renewer did not start.'))),
  ])
  return {
    signal: (name) => void child.kill(name),
    gone,
    end: async () => {
      child.kill('SIGKILL')
      await gone
    },
  }
}

export function readRenewerSettings(): RenewerSettings {
  return JSON.parse(process.env[SETTINGS] ?? '{}') as RenewerSettings
}
