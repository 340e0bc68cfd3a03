import type { LagState } from '@/model/observations'
import type { Lag } from '@/model/schemas/estate'

/** State and direction of a standby in few words: "streaming from eu-central-1 to eu-west-1". */
export function lagSentence(lag: Pick<Lag, 'state' | 'sourceRegion' | 'targetRegion'>): string {
  return `${lagWords[lag.state]}, ${lag.sourceRegion ?? 'source unknown'} → ${lag.targetRegion}`
}

export const lagWords = {
  streaming: 'streaming',
  'catching-up': 'catching up',
  disconnected: 'disconnected',
  unknown: 'unknown',
} as const satisfies Record<LagState, string>
