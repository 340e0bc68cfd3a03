import { FleetError } from '@/server/fleet'
import { EXIT_USAGE, UsageError } from './command-line'

const EXIT_REFUSED = 1
/** There is nothing to work on: no fleet runs on the data directory. */
const EXIT_NO_FLEET = 3

/** With what a command that works on a fleet ends, by what stopped it. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT_USAGE
  return error instanceof FleetError && error.code === 'not-running' ? EXIT_NO_FLEET : EXIT_REFUSED
}
