import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const FLEET_TIMEOUT_MS = 120_000

/** `npm run -s fleet -- ... --data-dir DIR`, as a person at a shell would break and heal the estate. */
export function createFleetCommands(dataDir: string): (...words: string[]) => Promise<string> {
  return async (...words) => {
    const args = ['run', '-s', 'fleet', '--', ...words, '--data-dir', dataDir]
    const { stdout } = await run('npm', args, { timeout: FLEET_TIMEOUT_MS })
    return stdout
  }
}
