import type { ChildProcess } from 'node:child_process'
import { connectFleet, type FleetStatus } from '@/server/fleet'
import { tellsOfFullDisk } from './disk-space'
import { explainEnd } from './explain-end'
import type { ChildSpec } from './supervise'

const STATUS_TIMEOUT_MS = 15_000

export function fleetSpec(dataDir: string): ChildSpec {
  return {
    name: 'fleet',
    args: ['--import', 'tsx', 'server/bin/fleet-daemon.ts', '--data-dir', dataDir],
    env: {},
    essential: true,
  }
}

/** Resolves when every server is up; rejects with what to do, mostly the fleet's own sentence, when it cannot start. */
export async function whenFleetIsUp(child: ChildProcess, dataDir: string): Promise<FleetStatus> {
  await new Promise<void>((resolve, reject) => {
    child.once('message', (message: { ready: boolean; message?: string }) =>
      message.ready ? resolve() : reject(new Error(explainRefusal(message.message, dataDir))),
    )
    child.once('close', (code) =>
      reject(new Error(`The fleet ended while starting (exit ${code}); see logs/fleet.log in the data directory.`)),
    )
  })
  const fleet = await connectFleet(dataDir)
  return fleet.status({ timeoutMs: STATUS_TIMEOUT_MS })
}

/** Of a full disk the fleet knows only what a server said in passing. */
function explainRefusal(message: string | undefined, dataDir: string): string {
  if (message === undefined) return 'The fleet could not start.'
  return tellsOfFullDisk(message) ? explainEnd('fleet', { dataDir, lastWords: message }) : message
}
