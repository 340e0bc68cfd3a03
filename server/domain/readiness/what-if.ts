import { whyNoLoss } from '@/model/findings'
import type { WhatIf } from '@/model/schemas/failovers'
import type { Check } from '@/model/schemas/plans'
import {
  allowsAll,
  type CellWorld,
  checkForced,
  checkSwitchover,
  decideLoss,
  decideMeans,
  headroomOf,
  type MemberWorld,
  reliableReport,
  sourceOf,
  writesBefore,
} from '../operations'

export type WhatIfCell = WhatIf['cells'][number]
/** Medians by vantage and member over the last minutes, in ms; what was not measured is absent. */
export type Medians = {
  read(vantage: string, member: string): number | null
  write(vantage: string, member: string): number | null
}

/** What must hold of a standby before it could take over; whether the writer is healthy is not the question. */
const RULES = ['target-is-a-streaming-standby', 'gate-protects-every-table', 'clock-skew']
/** The same where the writer does not answer: as the dry run of a forced failover asks it. */
const FORCED_RULES = [
  'target-seen-fresh',
  'target-is-a-standby-of-the-family',
  'target-is-the-most-advanced',
  'gate-protects-every-table',
  'fence-is-possible',
  'clock-skew',
]

export type WhatIfGiven = {
  region: string
  userRegions: readonly string[]
  medians: Medians
  /** Servers that a failover left behind: none of them is a copy, or could take over. */
  leftBehind: readonly string[]
}

/** Pure: what happens to one cell if every server of a region is gone this moment. */
export function decideWhatIf(world: CellWorld, { region, userRegions, medians, leftBehind }: WhatIfGiven): WhatIfCell {
  const source = sourceOf(world)
  const lost = world.members.filter((member) => member.region === region)
  const left = world.members.filter((member) => member.region !== region && member.id !== source?.id)
  const lawful = [...new Set(left.filter((member) => allowsAll(world, member.region)).map((member) => member.region))]
  const loses = lost.some(({ id }) => id === source?.id) ? 'writer' : lost.length > 0 ? 'standby' : 'nothing'
  const base = { cellId: world.cell.id, loses, lawfulTargets: lawful } as const
  if (loses !== 'writer')
    return { ...base, ...staying(world, source, { region, lost, left, userRegions, medians, loses, leftBehind }) }
  const judged = left.map((target) => ({
    target,
    against: leftBehind.includes(target.id)
      ? 'it is a stale server, and no standby until it is rebuilt.'
      : whyNot(
          { ...world, members: world.members.filter((one) => one === source || left.includes(one)) },
          source,
          target,
        ),
  }))
  const chosen = judged.find(({ against }) => against === null)
  if (!source || !chosen) {
    const why = judged.map(({ target, against }) => `${target.id}: ${against}`).join(' ')
    const says =
      judged.length === 0
        ? `No other region holds a server of it: writes stop until ${region} is back.`
        : `Nobody could take over. ${why}`
    return {
      ...base,
      newWriter: null,
      newRegion: null,
      says,
      headroomPercent: null,
      loss: decideLoss(world, source, null, { untilMs: null, isPlanned: true }),
      latency: latencyOf(userRegions, source, null, medians),
    }
  }
  const { target } = chosen
  const silent = whySilent(world, source)
  return {
    ...base,
    newWriter: target.id,
    newRegion: target.region,
    says: `${target.id} would take over: it ${silent ? `followed ${source.id}, which ${silent}` : `follows ${source.id}`}, and every tenant may be served from ${target.region}.`,
    headroomPercent: headroomOf(target, writesBefore(world)),
    loss: decideLoss(
      world,
      source,
      target,
      silent ? { untilMs: null, isPlanned: true } : { untilMs: world.nowMs, isPlanned: false },
    ),
    latency: latencyOf(userRegions, source, target, medians),
  }
}

type Staying = WhatIfGiven & {
  lost: readonly MemberWorld[]
  left: readonly MemberWorld[]
  loses: 'standby' | 'nothing'
}

function staying(
  world: CellWorld,
  source: MemberWorld | null,
  { region, lost, left, userRegions, medians, loses, leftBehind }: Staying,
): Omit<WhatIfCell, 'cellId' | 'loses' | 'lawfulTargets'> {
  const isCopy = ({ id }: MemberWorld) => !leftBehind.includes(id)
  const copies = left.filter(isCopy).map(({ id }) => id)
  const others = copies.length === 0 ? 'no copy is left' : `${copies.join(', ')} still follows`
  const writer = source?.id ?? 'The writer'
  const gone = lost.some(isCopy)
    ? `${writer} goes on; its standby in ${region} is gone, and ${others}.`
    : `${writer} goes on: ${lost.map(({ id }) => id).join(', ')} in ${region} is a stale server, and stood by for nobody.`
  return {
    newWriter: source?.id ?? null,
    newRegion: source?.region ?? null,
    says: loses === 'standby' ? gone : `No server of it is in ${region}.`,
    headroomPercent: source ? headroomOf(source, world.writesPerSecond) : null,
    loss: null,
    latency: latencyOf(userRegions, source, source, medians),
  }
}

/** Null: nothing speaks against it. A fact that nobody knows speaks against it. */
function whyNot(world: CellWorld, source: MemberWorld | null, target: MemberWorld): string | null {
  if (!allowsAll(world, target.region)) return `the law keeps tenants out of ${target.region}.`
  const isForced = source !== null && whySilent(world, source) !== null
  const rules = isForced ? FORCED_RULES : RULES
  const checks = isForced ? checkWithout(world, source, target) : checkSwitchover(world, source, target)
  return checks.find(({ rule, outcome }) => rules.includes(rule) && outcome !== 'passed')?.says ?? null
}

/** Null: it answers and writes, so its region would take it away from one moment to the next. */
function whySilent(world: CellWorld, source: MemberWorld): string | null {
  return whyNoLoss(source.finding.name) ?? ('why' in reliableReport(source, world.nowMs) ? 'does not answer' : null)
}

function checkWithout(world: CellWorld, source: MemberWorld, target: MemberWorld): Check[] {
  const means = decideMeans({ world, source, path: { isBreakGlass: false, isDeclared: false } })
  const loss = decideLoss(world, source, target, { untilMs: null, isPlanned: true })
  return checkForced({ world, source, target, loss, means, isDeclared: false }, [])
}

/**
 * Nobody writes to a standby, so what a write to it would take is told from a read of it and from what a write costs more than
 * a read where both are measured: at the present writer, from the same vantage. Any of the three unknown is unknown.
 */
function latencyOf(
  userRegions: readonly string[],
  from: MemberWorld | null,
  to: MemberWorld | null,
  medians: Medians,
): WhatIfCell['latency'] {
  return userRegions.map((userRegion) => {
    const nowMs = from && medians.write(userRegion, from.id)
    const readNowMs = from && medians.read(userRegion, from.id)
    const readThenMs = to && medians.read(userRegion, to.id)
    if (from !== null && from.id === to?.id) return { userRegion, nowMs, thenMs: nowMs }
    const isKnown = nowMs !== null && readNowMs !== null && readThenMs !== null
    return { userRegion, nowMs, thenMs: isKnown ? readThenMs + Math.max(0, nowMs - readNowMs) : null }
  })
}
