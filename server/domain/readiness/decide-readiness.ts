import { counted } from '@/model/format'
import {
  isBlocker,
  type ReadinessCheckView,
  type ReadinessOutcome,
  type ReadinessVerdict,
} from '@/model/schemas/readiness'
import { UNKNOWN_AFTER_MS } from './limits'
import { type CheckPlace, type ReadinessCheck, readinessCheckNames, readinessChecks } from './readiness-checks'

/** What one check last found. `provenAtMs`: when it last passed. */
export type Evidence = {
  check: ReadinessCheck
  outcome: Exclude<ReadinessOutcome, 'stale'>
  says: string
  vantage: string
  checkedAtMs: number
  provenAtMs: number | null
}

export type Judged = Omit<ReadinessCheckView, 'fix'> & { check: ReadinessCheck }

/** Part of a check's weight that counts for the score. */
const CREDIT = {
  passed: 1,
  stale: 0.5,
  unknown: 0,
  'not-configured': 0,
  'never-drilled': 0,
  failed: 0,
} as const satisfies Record<ReadinessOutcome, number>

/** Pure: what was proven decays. What was never looked at is unknown, and unknown is never ready. */
export function decideReadiness(
  evidence: readonly Evidence[],
  nowMs: number,
): { verdict: ReadinessVerdict; checks: Judged[] } {
  const checks = readinessCheckNames.map((check) =>
    judge(
      check,
      evidence.find((each) => each.check === check),
      nowMs,
    ),
  )
  return { verdict: verdictOf(checks, evidence, nowMs), checks }
}

function judge(check: ReadinessCheck, evidence: Evidence | undefined, nowMs: number): Judged {
  const { title, isBlocking, weight, staleAfterMs, failedAfterMs } = readinessChecks[check]
  return {
    check,
    title,
    isBlocking,
    weight,
    staleAfterMs,
    failedAfterMs,
    outcome: evidence ? decay(evidence, nowMs) : 'unknown',
    says: evidence?.says ?? 'This was never checked.',
    checkedAt: evidence ? new Date(evidence.checkedAtMs).toISOString() : null,
    provenAt: evidence?.provenAtMs == null ? null : new Date(evidence.provenAtMs).toISOString(),
    vantage: evidence?.vantage ?? null,
  }
}

/** A pass is believed for its period, then it is stale, then it has failed; so has what nobody could look at for as long. */
function decay({ check, outcome, provenAtMs }: Evidence, nowMs: number): ReadinessOutcome {
  if (outcome !== 'passed' && outcome !== 'unknown') return outcome
  const { staleAfterMs, failedAfterMs } = readinessChecks[check]
  if (provenAtMs === null) return 'unknown'
  const ageMs = nowMs - provenAtMs
  if (ageMs > failedAfterMs) return 'failed'
  if (outcome === 'unknown') return 'unknown'
  return ageMs > staleAfterMs ? 'stale' : 'passed'
}

function verdictOf(checks: readonly Judged[], evidence: readonly Evidence[], nowMs: number): ReadinessVerdict {
  const blockers = checks.filter(isBlocker)
  const stale = checks.filter(({ isBlocking, outcome }) => isBlocking && outcome === 'stale')
  const risks = checks.filter(({ isBlocking, outcome }) => !isBlocking && outcome !== 'passed')
  const evaluatedAtMs = evidence.length === 0 ? null : Math.max(...evidence.map(({ checkedAtMs }) => checkedAtMs))
  const counts = { blockerCount: blockers.length, riskCount: risks.length }
  const score = evidence.length === 0 ? null : scoreOf(checks)
  const evaluatedAt = evaluatedAtMs === null ? null : new Date(evaluatedAtMs).toISOString()
  const rest = { ...counts, score, evaluatedAt }
  if (evaluatedAtMs === null) return { kind: 'unknown', says: 'Unknown: never evaluated', ...rest }
  if (nowMs - evaluatedAtMs > UNKNOWN_AFTER_MS) {
    const minutes = Math.floor((nowMs - evaluatedAtMs) / 60_000)
    return { kind: 'unknown', says: `Unknown: not evaluated for ${minutes} min`, ...rest }
  }
  if (blockers.length > 0)
    return { kind: 'not-ready', says: `Not ready: ${counted(blockers.length, 'blocker')}`, ...rest }
  if (stale.length > 0)
    return { kind: 'unproven', says: `Not proven lately: ${counted(stale.length, 'check')} stale`, ...rest }
  if (risks.length > 0) return { kind: 'risks', says: `Ready, with ${counted(risks.length, 'risk')}`, ...rest }
  return { kind: 'ready', says: 'Ready', ...rest }
}

function scoreOf(checks: readonly Judged[]): number {
  const whole = checks.reduce((sum, { weight }) => sum + weight, 0)
  return Math.floor((checks.reduce((sum, { weight, outcome }) => sum + weight * CREDIT[outcome], 0) / whole) * 100)
}

export function isReady({ kind }: Pick<ReadinessVerdict, 'kind'>): boolean {
  return kind === 'ready' || kind === 'risks'
}

export function withFixes(checks: readonly Judged[], place: CheckPlace): ReadinessCheckView[] {
  return checks.map((check) => ({ ...check, fix: readinessChecks[check.check].fix(place, check.outcome) }))
}
