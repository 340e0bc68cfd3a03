import type { LagState } from '@/model/observations'
import type { Lag } from '@/model/schemas/estate'

/** State and direction of a standby in few words: "streaming, eu-central-1 → eu-west-1". */
export function lagSentence(lag: Pick<Lag, 'state' | 'sourceRegion' | 'targetRegion' | 'staleServerId'>): string {
  if (lag.staleServerId) return `a stale server in ${lag.targetRegion}: no standby until it is rebuilt`
  return `${lagWords[lag.state]}, ${lag.sourceRegion ?? 'source unknown'} → ${lag.targetRegion}`
}

export const lagWords = {
  streaming: 'streaming',
  'catching-up': 'catching up',
  disconnected: 'disconnected',
  unknown: 'unknown',
} as const satisfies Record<LagState, string>
