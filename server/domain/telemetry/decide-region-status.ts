import { counted, formatSpan } from '@/model/format'
import { PROBE_INTERVAL_MS, type ProbeOutcome, type Status } from '@/model/observations'
import { isAbandoned, isFresh } from './intervals'
import { saySilentLeftBehind } from './say-left-behind'
import { sayList, sayTime } from './sentences'
import { earliestOf, latestOf, sinceAllFail } from './since-all-fail'

/**
 * How one vantage last saw the region: the best answer over its members, because one that answers proves the region is
 * there. `outcome` null when it never did.
 */
export type VantageSight = {
  vantage: string
  outcome: ProbeOutcome | null
  since: Date | null
  observedAt: Date | null
  /** When a server of the region last answered this vantage. */
  lastAnswerAt: Date | null
  /** Members that answer this vantage now, and those that do not. */
  answering: readonly string[]
  failing: readonly { memberId: string; outcome: ProbeOutcome; since: Date; lastAnswerAt: Date | null }[]
}

export type RegionJudgement = {
  status: Status
  says: string
  /** Since when it holds; null when unknown or healthy without a known beginning. */
  since: Date | null
  failingCount: number
  freshCount: number
  vantageCount: number
  /** Servers that do not answer while others of the region do; empty where it answers whole or not at all. */
  partlySilent: readonly string[]
}

/**
 * Judges whether a region answers. Each vantage counts for itself: what two of them see differently is said as counts and
 * never merged into one number. A refused read still is an answer. `leftBehind`: servers of the region that a failover left
 * behind, whose silence is told as what it is.
 */
export function decideRegionStatus(
  region: string,
  sights: readonly VantageSight[],
  {
    nowMs,
    intervalMs = PROBE_INTERVAL_MS,
    leftBehind = [],
  }: { nowMs: number; intervalMs?: number; leftBehind?: readonly string[] },
): RegionJudgement {
  const fresh = sights.filter((sight) => isAnswer(sight) && isFresh(sight.observedAt, nowMs, intervalMs))
  // A failure stands until somebody has looked again or nobody looks any more: its next look may take its whole deadline.
  const failing = sights.filter((sight) => isFailing(sight) && !isAbandoned(sight.observedAt, nowMs, intervalMs))
  const silent = sights.filter((sight) => isAbandoned(sight.observedAt, nowMs, intervalMs))
  const counts = {
    failingCount: failing.length,
    freshCount: fresh.length,
    vantageCount: sights.length,
    partlySilent: [] as readonly string[],
  }

  if (fresh.length === 0 && failing.length === 0)
    return { status: 'unknown', says: sayUnknown(region, sights, nowMs), since: null, ...counts }
  if (failing.length > 0) {
    const since = failingSince(failing, fresh.length === 0)
    const seen = `${failing.length} of ${counted(sights.length, 'vantage')}${since ? ` since ${sayTime(since, nowMs)}` : ''}`
    const isNobodyNeeded = fresh.length === 0 && isOnlyLeftBehind(failing, leftBehind)
    return {
      status: fresh.length > 0 || isNobodyNeeded ? 'warn' : 'crit',
      says: isNobodyNeeded
        ? `${region} holds no writer, only ${sayStaleServers(failing)}: no answer to ${seen}${saySilent(silent)}.`
        : `${region} ${sayFailure(failing)} from ${seen}${sayLeft(failing, leftBehind)}${saySilent(silent)}.`,
      since,
      ...counts,
    }
  }
  const partial = fresh.filter((sight) => sight.failing.length > 0)
  if (partial.length > 0)
    return {
      status: 'warn',
      says: `${sayPartial(partial, sights)}${sayLeft(partial, leftBehind)}${saySilent(silent)}.`,
      since: partlySince(partial, sights.length),
      ...counts,
      partlySilent: [...new Set(partial.flatMap((sight) => sight.failing.map(({ memberId }) => memberId)))],
    }
  if (silent.length > 0)
    return {
      status: 'warn',
      says: `${region} answers ${fresh.length} of ${counted(sights.length, 'vantage')}${saySilent(silent)}.`,
      since: null,
      ...counts,
    }
  return {
    status: 'ok',
    says: `${region} answers ${counted(sights.length, 'vantage')}.`,
    since: latestOf(fresh.map((sight) => sight.since)),
    ...counts,
  }
}

/** Nothing that anybody needs is silent there: its writer stands elsewhere, and the cell says what it lacks. */
function isOnlyLeftBehind(sights: readonly VantageSight[], leftBehind: readonly string[]): boolean {
  return sights.every(
    ({ failing }) => failing.length > 0 && failing.every(({ memberId }) => leftBehind.includes(memberId)),
  )
}

/** "fra-1, a stale server left behind by a failover". */
function sayStaleServers(sights: readonly VantageSight[]): string {
  const ids = [...new Set(sights.flatMap(({ failing }) => failing.map(({ memberId }) => memberId)))].sort()
  return `${sayList(ids)}, ${ids.length === 1 ? 'a stale server' : 'stale servers'} left behind by a failover`
}

function sayLeft(sights: readonly VantageSight[], leftBehind: readonly string[]): string {
  return saySilentLeftBehind(
    sights.flatMap(({ failing }) => failing.map(({ memberId }) => memberId)),
    leftBehind,
  )
}

function isAnswer(sight: VantageSight): boolean {
  return sight.outcome === 'ok' || sight.outcome === 'refused'
}

function isFailing(sight: VantageSight): boolean {
  return sight.outcome !== null && !isAnswer(sight)
}

/** Of some that fail, since the first; of all, since nobody had an answer any more. */
function failingSince(failing: readonly Pick<VantageSight, 'since' | 'lastAnswerAt'>[], isAll: boolean): Date | null {
  const beganAt = failing.map(({ since }) => since).filter((since) => since !== null)
  return isAll ? sinceAllFail(beganAt, latestOf(failing.map(({ lastAnswerAt }) => lastAnswerAt))) : earliestOf(beganAt)
}

/** Of several silent servers, since the first of them fell silent. */
function partlySince(partial: readonly VantageSight[], vantageCount: number): Date | null {
  const failing = partial.flatMap((sight) => sight.failing)
  const ids = [...new Set(failing.map(({ memberId }) => memberId))]
  return earliestOf(
    ids.map((id) => {
      const own = failing.filter(({ memberId }) => memberId === id)
      return failingSince(own, own.length === vantageCount)
    }),
  )
}

/** "unreachable" only when every failing vantage got no answer; an error is an answer, so then it fails. */
function sayFailure(failing: readonly VantageSight[]): string {
  return failing.some((sight) => sight.outcome === 'error') ? 'fails' : 'unreachable'
}

/** "syd-1 does not answer from 7 of 7 vantages; sin-2 in the same region does". */
function sayPartial(partial: readonly VantageSight[], sights: readonly VantageSight[]): string {
  const failing = partial.flatMap((sight) => sight.failing)
  const ids = [...new Set(failing.map(({ memberId }) => memberId))].sort()
  const said = ids.map((id) => {
    const own = failing.filter(({ memberId }) => memberId === id)
    const verb = own.some(({ outcome }) => outcome === 'error') ? 'fails' : 'does not answer'
    return `${id} ${verb} from ${own.length} of ${counted(sights.length, 'vantage')}`
  })
  const others = [...new Set(partial.flatMap((sight) => sight.answering))].filter((id) => !ids.includes(id)).sort()
  const rest = others.length > 0 ? sayList(others) : 'another server'
  return `${said.join('; ')}; ${rest} in the same region ${others.length > 1 ? 'do' : 'does'}`
}

function saySilent(silent: readonly VantageSight[]): string {
  if (silent.length === 0) return ''
  return `; ${sayList(silent.map((sight) => sight.vantage))} ${silent.length === 1 ? 'does' : 'do'} not report`
}

function sayUnknown(region: string, sights: readonly VantageSight[], nowMs: number): string {
  const last = latestOf(sights.map((sight) => sight.observedAt))
  return last
    ? `${region} was last checked ${formatSpan(nowMs - last.getTime())} ago.`
    : `${region} has not been checked yet.`
}
