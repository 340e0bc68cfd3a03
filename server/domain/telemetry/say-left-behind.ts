import type { Status } from '@/model/observations'
import { sayList } from './sentences'

/** What a failover may have left of a cell. */
export type LeftBehindSight = {
  /** Lag of each standby as judged by decideLagStatus; those of servers that were left behind are among them. */
  lags: readonly { targetMember: string; status: Status; state: string }[]
  /** Servers that a failover left behind and that are not yet rebuilt; `epoch`: the last at which each was the writer. */
  leftBehind: readonly { memberId: string; epoch: bigint }[]
  /** The newest forced failover that nobody has taken note of. */
  failoverToNote: { code: string } | null
}

/**
 * What a failover left undone: servers that are no copies until they are rebuilt, and a failover that nobody has taken note of.
 * Null when nothing is. Pure.
 */
export function sayLeftBehind({ leftBehind, lags, failoverToNote }: LeftBehindSight): string | null {
  if (leftBehind.length === 0) return null
  const left = leftBehind.map(({ memberId, epoch }) => `${memberId} was left behind at epoch ${epoch}`)
  const isCopied = standbyLags({ leftBehind, lags }).some(({ status }) => status === 'ok' || status === 'warn')
  const stale = `${left.join(', ')} and is no standby until it is rebuilt.`
  const told = isCopied ? stale : `There is no second copy: ${stale}`
  return failoverToNote ? `${told} ${sayToNote(failoverToNote)}` : told
}

export function sayToNote({ code }: NonNullable<LeftBehindSight['failoverToNote']>): string {
  return `${code} awaits “Take note”.`
}

/** The lags of those that are meant to follow: what was left behind receives nothing on purpose. */
export function standbyLags({
  leftBehind,
  lags,
}: Pick<LeftBehindSight, 'leftBehind' | 'lags'>): LeftBehindSight['lags'] {
  return lags.filter((lag) => !isLeftBehind(leftBehind, lag.targetMember))
}

export function isLeftBehind(leftBehind: LeftBehindSight['leftBehind'], memberId: string): boolean {
  return leftBehind.some((server) => server.memberId === memberId)
}

/** "; fra-1 was left behind by a failover and stays closed", for those among the silent servers of a region. */
export function saySilentLeftBehind(silent: readonly string[], leftBehind: readonly string[]): string {
  const left = [...new Set(silent)].filter((id) => leftBehind.includes(id)).sort()
  if (left.length === 0) return ''
  const [verb, stay] = left.length === 1 ? ['was', 'stays'] : ['were', 'stay']
  return `: ${sayList(left)} there ${verb} left behind by a failover and ${stay} out of service until rebuilt`
}
