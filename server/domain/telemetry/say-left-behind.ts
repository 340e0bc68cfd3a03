import type { Status } from '@/model/observations'
import { sayList } from './sentences'

/** What a failover may have left of a cell. */
export type LeftBehindSight = {
  /** Lag of each standby as judged by decideLagStatus; those of servers that were left behind are among them. */
  lags: readonly { targetMember: string; status: Status; state: string }[]
  /** Servers that a failover left behind and that are not yet rebuilt; `epoch`: the last at which each was the writer. */
  leftBehind: readonly { memberId: string; epoch: bigint }[]
  /** The newest forced failover that nobody has acknowledged. */
  failoverToNote: { code: string } | null
}

/**
 * What a failover left undone: servers that are no copies until they are rebuilt, and a failover that nobody has acknowledged.
 * Null when nothing is. Pure.
 */
export function sayLeftBehind({ leftBehind, lags, failoverToNote }: LeftBehindSight): string | null {
  if (leftBehind.length === 0) return null
  const left = leftBehind.map(({ memberId, epoch }) => `${memberId}, a stale server of epoch ${epoch},`)
  const isCopied = standbyLags({ leftBehind, lags }).some(({ status }) => status === 'ok' || status === 'warn')
  const told = isCopied
    ? `${left.join(' and ')} ${left.length === 1 ? 'is' : 'are'} not rebuilt yet.`
    : `There is no second copy until ${left.join(' or ')} is rebuilt.`
  return failoverToNote ? `${told} ${sayToNote(failoverToNote)}` : told
}

export function sayToNote({ code }: NonNullable<LeftBehindSight['failoverToNote']>): string {
  return `${code} must be acknowledged.`
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

/** ": fra-1 there is a stale server, left behind by a failover", for those among the silent servers of a region. */
export function saySilentLeftBehind(silent: readonly string[], leftBehind: readonly string[]): string {
  const left = [...new Set(silent)].filter((id) => leftBehind.includes(id)).sort()
  if (left.length === 0) return ''
  const are = left.length === 1 ? 'is a stale server' : 'are stale servers'
  return `: ${sayList(left)} there ${are}, left behind by a failover`
}
