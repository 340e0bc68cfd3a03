import type { Status } from '@/model/observations'
import { statusWords } from '../ui/StatusPill'

/**
 * "Down" is said of a region that nobody reaches; one that answers has a server or a cell in trouble. One that nobody reaches
 * and that raises no alarm holds nothing but servers that a failover left behind (see docs/telemetry.md).
 */
export function regionWord(status: Status, isReached: boolean): string {
  if (status === 'crit' && isReached) return 'Trouble'
  if (status === 'warn' && !isReached) return 'No writer'
  return statusWords[status]
}
