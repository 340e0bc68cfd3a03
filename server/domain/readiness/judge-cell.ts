import { whyNoLoss } from '@/model/findings'
import { formatMs } from '@/model/format'
import type { Check } from '@/model/schemas/plans'
import { failed, passed, unknown } from '@/model/verdict'
import type { SettingsReport } from '@/server/engines/contract'
import {
  type CellWorld,
  checkSwitchover,
  decideMeans,
  HEADROOM_PERCENT_MIN,
  headroomOf,
  type MemberWorld,
  type SafetyRule,
  sourceOf,
} from '../operations'
import { compareSettings } from './compare-settings'
import type { Found } from './found'
import { type Approvers, judgeApprovers } from './judge-approvers'
import { judgeBackup } from './judge-backup'
import type { ReadinessCheck } from './readiness-checks'

/** Everything that readiness is judged by: facts that were collected anyway, the settings of each server, drills and people. */
export type ReadinessFacts = {
  world: CellWorld
  rpoObjectiveMs: number
  settings: ReadonlyMap<string, SettingsReport>
  lastDrills: ReadonlyMap<'drill-clone' | 'drill-switchover', LastDrill>
  approvers: Approvers
  /** Servers of the cell that a failover left behind: none of them is a standby until it is rebuilt. */
  leftBehind: readonly string[]
  /** Why the live cell cannot be drilled at all; null when it can. */
  whyNoLiveDrill: string | null
  vantage: string
}
export type LastDrill = { code: string; finishedAtMs: number; isMet: boolean | null }

/** Pure: what each check finds now. The standby that is judged is the one that speaks the most for. */
export function judgeCell(facts: ReadinessFacts): {
  standby: MemberWorld | null
  found: Record<ReadinessCheck, Found>
} {
  const { world } = facts
  const source = sourceOf(world)
  const others = world.members.filter((member) => member.id !== source?.id)
  const standbys = others.filter(({ id }) => !facts.leftBehind.includes(id))
  const judged = (standbys.length > 0 ? standbys : others).map((target) => ({
    target,
    checks: checkSwitchover(world, source, target),
  }))
  const best = judged.sort((a, b) => against(a.checks) - against(b.checks))[0] ?? {
    target: null,
    checks: checkSwitchover(world, source, null),
  }
  const of = (rule: SafetyRule) => ruleOf(best.checks, rule)
  const isLeftBehind = best.target !== null && facts.leftBehind.includes(best.target.id)
  return {
    standby: isLeftBehind ? null : best.target,
    found: {
      standby: worse(of('fresh-observation'), of('target-is-a-streaming-standby')),
      'lawful-target': of('residency-of-every-affected-tenant'),
      'lag-objective': judgeLag(facts, source, best.target),
      'fence-means': judgeFence(world, source),
      gate: of('gate-protects-every-table'),
      approvers: judgeApprovers(facts.approvers),
      'no-hold': of('no-hold'),
      'cool-down': of('cool-down'),
      'clock-skew': of('clock-skew'),
      capacity: judgeCapacity(world, best.target),
      'same-settings': compareSettings(facts.settings, source?.id ?? null, best.target?.id ?? null),
      backup: judgeBackup(source ? facts.settings.get(source.id) : undefined, source?.id ?? null, world.nowMs),
      'drill-clone': judgeDrill(facts, 'drill-clone'),
      'drill-switchover': judgeLiveDrill(facts),
      ...(isLeftBehind && best.target && judgeLeftBehind(best.target.id)),
    },
  }
}

/** A closed server of an earlier epoch answers much as a standby would; nothing it says is true of a second copy. */
function judgeLeftBehind(id: string) {
  const closed = unknown(`${id} is a stale server: it stands by for nobody until it is rebuilt.`)
  return {
    standby: failed(`The cell has no second copy until ${id} is rebuilt: a failover left it behind.`),
    'lag-objective': closed,
    'clock-skew': closed,
    capacity: closed,
    'same-settings': closed,
  } as const satisfies Partial<Record<ReadinessCheck, Found>>
}

const JUDGED: readonly string[] = [
  'fresh-observation',
  'target-is-a-streaming-standby',
  'residency-of-every-affected-tenant',
  'lag-within-limit',
  'gate-protects-every-table',
  'clock-skew',
] satisfies SafetyRule[]

function against(checks: readonly Check[]): number {
  return checks.filter(({ rule, outcome }) => JUDGED.includes(rule) && outcome !== 'passed').length
}

function ruleOf(checks: readonly Check[], rule: SafetyRule): Found {
  const check = checks.find((each) => each.rule === rule)
  return check ? { outcome: check.outcome, says: check.says } : unknown('This rule is not known.')
}

function worse(first: Found, second: Found): Found {
  if (second.outcome === 'failed') return second
  return first.outcome === 'passed' ? second : first
}

/** The objective is a promise about what is lost, so the age of the newest heartbeat on the standby is held against it. */
function judgeLag(
  { world, rpoObjectiveMs }: ReadinessFacts,
  source: MemberWorld | null,
  target: MemberWorld | null,
): Found {
  if (!source || !target) return unknown('There is nothing to compare.')
  const silent = whyNoLoss(source.finding.name)
  if (silent)
    return unknown(`The writer ${source.id} ${silent}: only the dry run of a forced failover bounds the loss.`)
  const lag = ruleOf(checkSwitchover(world, source, target), 'lag-within-limit')
  const ageMs = target.lag?.heartbeatAgeMs ?? null
  if (lag.outcome === 'unknown' || ageMs === null) return unknown(lag.says)
  const says = `${target.id} is ${formatMs(ageMs)} behind ${source.id}`
  if (ageMs > rpoObjectiveMs) return failed(`${says}; the objective is ${formatMs(rpoObjectiveMs)}.`)
  return passed(`${says}, within the objective of ${formatMs(rpoObjectiveMs)}.`)
}

function judgeFence(world: CellWorld, source: MemberWorld | null): Found {
  if (!source) return unknown('The catalog names no writer for this cell.')
  const means = decideMeans({ world, source, path: { isBreakGlass: false, isDeclared: false } })
  const possible = means.filter(({ isPossible }) => isPossible)
  if (possible.length === 0)
    return failed(`Nothing could fence ${source.id} now: ${means.map(({ says }) => says).join(' ')}`)
  const isReachableOnly = possible.every(({ strength }) => strength === 'PROVEN')
  const names = possible.map(({ strength, says }) => `${strength}: ${says}`).join(' ')
  return passed(isReachableOnly ? `${names} If its host cannot be reached, nothing fences it.` : names)
}

function judgeCapacity(world: CellWorld, target: MemberWorld | null): Found {
  if (!target) return unknown('There is no standby to judge.')
  const headroom = headroomOf(target, world.writesPerSecond)
  if (target.writesMax === null) return unknown(`The capacity of ${target.id} is not declared.`)
  if (headroom === null) return unknown('The load of the cell is not known.')
  const says = `${target.id} would have ${headroom} % of its declared ${target.writesMax} writes/s free`
  return headroom >= HEADROOM_PERCENT_MIN
    ? passed(`${says}.`)
    : failed(`${says}; at least ${HEADROOM_PERCENT_MIN} % must be.`)
}

/** It stays a risk, and nobody is sent to ask for what would be refused. */
function judgeLiveDrill(facts: ReadinessFacts): Found {
  const found = judgeDrill(facts, 'drill-switchover')
  if (facts.whyNoLiveDrill === null || found.outcome === 'passed') return found
  return { ...found, says: `${found.says} It cannot be drilled: ${facts.whyNoLiveDrill}` }
}

/** A drill proves what it proved on its day; a run that missed its objectives proved the contrary. */
function judgeDrill({ lastDrills, world }: ReadinessFacts, kind: 'drill-clone' | 'drill-switchover'): Found {
  const last = lastDrills.get(kind)
  if (!last) return { outcome: 'never-drilled', says: 'No drill of this kind is on record.' }
  const says = `${last.code} ended ${formatMs(Math.max(0, world.nowMs - last.finishedAtMs))} ago`
  if (last.isMet === null) return unknown(`${says}; not everything could be measured.`)
  if (!last.isMet) return failed(`${says} and missed an objective.`)
  return { outcome: 'passed', says: `${says} and met its objectives.`, provenAtMs: last.finishedAtMs }
}
