import type { Status } from '@/model/observations'
import { statusWords } from '../ui/StatusPill'

/** "Down" is said of a region that nobody reaches; one that answers has a server or a cell in trouble. */
export function regionWord(status: Status, isReached: boolean): string {
  return status === 'crit' && isReached ? 'Trouble' : statusWords[status]
}
