import { PROBE_INTERVAL_MS, type ProbeOutcome } from '@/model/observations'
import { isAbandoned } from './intervals'
import { sayTime } from './sentences'

export type LinkSight = {
  memberId: string
  outcome: ProbeOutcome
  latencyMs: number | null
  detail: string | null
  observedAt: Date
  since: Date
}

export type LinkJudgement = {
  state: 'up' | 'down' | 'probe-missing' | 'not-established'
  detail: string | null
}

/** More than this share off the other direction, and the pair is called asymmetric. */
const ASYMMETRY_MIN = 0.2

/**
 * Judges one direction from the reads that one vantage made on the servers of the other region. One server that answers,
 * even with an error, proves the way; one that was not asked proves nothing; only when none does is the link down, and the detail says whether anybody else reaches them.
 */
export function decideLinkState(
  link: { memberCount: number; sights: readonly LinkSight[]; answersElsewhere: boolean },
  { nowMs, intervalMs = PROBE_INTERVAL_MS }: { nowMs: number; intervalMs?: number },
): LinkJudgement {
  if (link.memberCount === 0) return { state: 'probe-missing', detail: 'There is no server to probe in this region.' }
  const newest = newestOf(link.sights)
  if (!newest) return { state: 'not-established', detail: 'No probe has finished yet.' }
  const current = link.sights.filter((sight) => !isAbandoned(sight.observedAt, nowMs, intervalMs))
  if (current.length === 0)
    return {
      state: 'probe-missing',
      detail: `Last probed at ${sayTime(newest.observedAt, nowMs)}; nobody probes it now.`,
    }
  const asked = current.filter((sight) => sight.outcome !== 'unasked')
  if (asked.length === 0) return { state: 'probe-missing', detail: `Not asked. ${sayFailing(current)}` }
  const failing = current.filter((sight) => sight.outcome !== 'ok' && sight.outcome !== 'refused')
  // An error came back over the way, so the way works: what is wrong with the server is the detail.
  if (failing.length < current.length || asked.some((sight) => sight.outcome === 'error'))
    return { state: 'up', detail: sayFailing(failing) }
  const elsewhere = link.answersElsewhere
    ? 'other vantages reach the region'
    : 'no other vantage reaches the region either'
  return { state: 'down', detail: `${sayFailing(failing)}; ${elsewhere}.` }
}

function sayFailing(failing: readonly LinkSight[]): string | null {
  if (failing.length === 0) return null
  return failing.map((sight) => `${sight.memberId}: ${sight.detail ?? sight.outcome}`).join('; ')
}

function newestOf(sights: readonly LinkSight[]): LinkSight | null {
  return sights.reduce<LinkSight | null>(
    (newest, sight) => (!newest || sight.observedAt > newest.observedAt ? sight : newest),
    null,
  )
}

/** True when one direction's p50 is more than 20 % off the other's; false while either is missing. */
export function decideAsymmetric(thereMs: number | null, backMs: number | null): boolean {
  if (thereMs === null || backMs === null) return false
  return Math.abs(thereMs - backMs) > ASYMMETRY_MIN * Math.min(thereMs, backMs)
}
