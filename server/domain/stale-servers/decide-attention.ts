import type { StaleState } from '@/model/stale-states'

export type Attended = {
  id: string
  scope: string
  memberId: string
  status: StaleState
  systemIdentifier: string | null
  newPrimary: string
  fencedEpoch: bigint
  failoverId: string
  isBusy: boolean
  /** Returns that ended without success since it was left behind. */
  failedCount: number
  sinceFailureMs: number | null
}

/** The first repeat comes at once: most failures are a server that went away again in the middle. */
const RETRY_MS_MIN = 1_000
const RETRY_MS_MAX = 60_000

/** Pure: whether to ask this server now. One that nobody could close or read is tried again ever more slowly, and for good. */
export function decideAttention({ status, isBusy, failedCount, sinceFailureMs }: Attended): 'look' | 'leave' {
  if (status === 'rebuilt' || status === 'lost' || isBusy) return 'leave'
  if (failedCount === 0 || sinceFailureMs === null) return 'look'
  return sinceFailureMs >= Math.min(RETRY_MS_MIN * 2 ** (failedCount - 1), RETRY_MS_MAX) ? 'look' : 'leave'
}
