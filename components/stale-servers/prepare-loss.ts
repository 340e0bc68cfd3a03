import { formatBytes, formatCount } from '@/model/format'
import type { StaleServerDetail } from '@/model/schemas/stale-servers'
import { saySeconds } from './stale-words'

export type LossLine = { what: string; feared: string; found: string; note: string | null }

/** Pure: what was feared beside what was found. What nobody knows is a word in its place, never a zero. */
export function prepareLoss(
  server: Pick<StaleServerDetail, 'loss' | 'lostWriteCount' | 'estimate' | 'status'>,
): LossLine[] {
  const { loss, estimate, lostWriteCount } = server
  const isRead = lostWriteCount !== null
  return [
    {
      what: 'Time',
      feared: loss.estimateSeconds === null ? 'no bound was known' : `at most ${saySeconds(loss.estimateSeconds)}`,
      found: sayFoundTime(isRead, lostWriteCount, loss.actualSeconds),
      note: 'Between the newest heartbeat that came over and the newest that it took.',
    },
    {
      what: 'Writes',
      feared:
        estimate.transactions === null
          ? 'not counted'
          : `at most ${formatCount(Number(estimate.transactions))} transactions`,
      found: lostWriteCount === null ? 'not read yet' : `${formatCount(lostWriteCount)} rows`,
      note: 'A transaction may hold several rows.',
    },
    {
      what: 'Log',
      feared: estimate.bytes === null ? 'not known' : `at most ${formatBytes(estimate.bytes)}`,
      found: 'not measured',
      note: null,
    },
  ]
}

function sayFoundTime(isRead: boolean, lostWriteCount: number | null, seconds: number | null): string {
  if (!isRead) return 'not read yet'
  if (seconds !== null) return saySeconds(seconds)
  return lostWriteCount === 0 ? '0 s' : 'less than a heartbeat, or not known'
}
