import { formatBytes, formatCount } from '@/model/format'
import type { StaleServerDetail } from '@/model/schemas/stale-servers'
import { saySeconds } from './stale-words'

export type LossLine = { what: string; feared: string; measured: string; found: string; note: string }

type Facts = Pick<StaleServerDetail, 'loss' | 'lostWriteCount' | 'estimate' | 'measured' | 'logBytes'>

/**
 * Pure: what the plan feared, what was known when the target had been drained, and what was found on the server. What nobody
 * knows is a word in its place, never a zero.
 */
export function prepareLoss({ loss, estimate, measured, lostWriteCount, logBytes }: Facts): LossLine[] {
  return [
    {
      what: 'Time',
      feared: estimate === null ? 'not known' : sayBound(estimate.seconds),
      measured: sayBound(measured.seconds),
      found: sayFoundTime(lostWriteCount, loss.actualSeconds),
      note: 'From the newest heartbeat that came over; found is up to the newest that only this server holds.',
    },
    {
      what: 'Writes',
      feared: sayAtMost(estimate?.transactions, (count) => `${formatCount(Number(count))} transactions`, 'not counted'),
      measured: 'not counted',
      found: lostWriteCount === null ? 'not read yet' : `${formatCount(lostWriteCount)} rows`,
      note: 'A transaction may hold several rows, and one row may have been written several times.',
    },
    {
      what: 'Log',
      feared: sayAtMost(estimate?.bytes, formatBytes, 'bytes unknown'),
      measured: 'not measured',
      found: sayFoundLog(lostWriteCount, logBytes),
      note: 'From where the logs part to the end of its own: its restarts and the closing of its gate are in it.',
    },
  ]
}

function sayBound(seconds: number | null): string {
  return seconds === null ? 'no bound was known' : `at most ${saySeconds(seconds)}`
}

function sayAtMost(bound: string | null | undefined, say: (bound: string) => string, otherwise: string): string {
  return bound == null ? otherwise : `at most ${say(bound)}`
}

function sayFoundTime(lostWriteCount: number | null, seconds: number | null): string {
  if (lostWriteCount === null) return 'not read yet'
  if (lostWriteCount === 0) return 'none'
  return seconds === null || seconds === 0
    ? 'too short to be told by heartbeats, or not known'
    : `at least ${saySeconds(seconds)}`
}

function sayFoundLog(lostWriteCount: number | null, logBytes: string | null): string {
  if (lostWriteCount === null) return 'not read yet'
  return logBytes === null ? 'not known' : formatBytes(logBytes)
}
