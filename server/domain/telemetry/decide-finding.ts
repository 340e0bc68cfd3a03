import type { FindingName } from '@/model/findings'
import { counted } from '@/model/format'
import type { Finding } from '@/model/schemas/plans'
import { isWriter, type MemberSight } from './decide-member-status'
import { decideReach, type Reach } from './decide-reach'
import { isFresh, MEMBER_INTERVAL_MS } from './intervals'
import type { ProbeSeen } from './read-latest'
import { sayInstant, sayList } from './sentences'
import { latestOf } from './since-all-fail'

/** One server as its cell, its own words and every vantage show it. */
export type FindingSight = {
  member: MemberSight & {
    systemIdentifier: string | null
    timeline: number | null
    lsn: string | null
    receiverStatus: string | null
    leaseUntil: Date | null
  }
  /** Since when its epoch stands, at which it is or is not the writer. */
  epochChangedAt: Date
  /** When a failover left it behind, while it is not yet a standby again; else null. */
  leftAt: Date | null
  /** The newest answers of every vantage to this member, of every kind. */
  probes: readonly ProbeSeen[]
  /** Vantages that reach it without anything of ours in between, whose refusals and silences are the host's own. */
  closeVantages: readonly string[]
  /** The other members of its cell. */
  others: readonly FindingSight['member'][]
}

type Verdict = { name: FindingName; says: string; since: Date | null }

/**
 * What is wrong with a server, by name, from every vantage together. Pure. Who one is comes before what one does, and that
 * before who reaches it: a stranger's health is of no interest. Nothing follows from a finding by itself.
 */
export function decideFinding(sight: FindingSight, nowMs: number): Finding {
  const reach = decideReach(sight, nowMs)
  const verdict =
    judgeUnseen(sight, reach, nowMs) ??
    judgeIdentity(sight, reach, nowMs) ??
    judgeRole(sight, nowMs) ??
    judgeReach(sight, reach) ??
    judgeWrites(sight, reach, nowMs)
  return { ...verdict, since: verdict.since?.toISOString() ?? null, vantages: reach.vantages }
}

function judgeUnseen({ member }: FindingSight, reach: Reach, nowMs: number): Verdict | null {
  if (reach.seen.length > 0 || isHeard(member, nowMs)) return null
  return { name: 'NotObserved', says: `Nobody has looked at ${member.id} recently.`, since: null }
}

function judgeIdentity({ member, others }: FindingSight, reach: Reach, nowMs: number): Verdict | null {
  const stranger = reach.seen.find((probe) => probe.reach === 'stranger')
  if (stranger)
    return {
      name: 'WrongServer',
      says: stranger.detail ?? `Another server answers at the address of ${member.id}.`,
      since: stranger.since,
    }
  const active = others.find((other) => other.isActive)
  const isForeign =
    isHeard(member, nowMs) &&
    active?.systemIdentifier != null &&
    member.systemIdentifier !== null &&
    member.systemIdentifier !== active.systemIdentifier
  if (isForeign)
    return {
      name: 'WrongServer',
      says: `${member.id} belongs to another database family than ${active.id}: ${member.systemIdentifier}, not ${active.systemIdentifier}.`,
      since: null,
    }
  return null
}

function judgeRole({ member, others, leftAt }: FindingSight, nowMs: number): Verdict | null {
  if (!isHeard(member, nowMs)) return null
  const rivals = [member, ...others].filter((one) => isHeard(one, nowMs) && isWriter(one))
  if (rivals.length > 1 && rivals.includes(member))
    return {
      name: 'TwoWriters',
      says: `${sayList(rivals.map(({ id }) => id).sort())} take writes at the same time.`,
      since: null,
    }
  if (member.isActive && member.role === 'standby')
    return {
      name: 'StandbyInsteadOfPrimary',
      says: `The catalog names ${member.id} as the writer, and it is in recovery.`,
      since: null,
    }
  if (leftAt || (!member.isActive && member.role === 'primary'))
    return {
      name: 'StaleEpochServer',
      says: `${member.id} is a former primary${member.gateEpoch === null ? '' : ` whose gate is ${member.gateStatus} at epoch ${member.gateEpoch}`}, not a standby.`,
      since: leftAt,
    }
  return judgeTimeline(member, others)
}

/** A standby on a later timeline than the writer followed somebody else's promotion. */
function judgeTimeline(member: FindingSight['member'], others: FindingSight['others']): Verdict | null {
  const active = others.find((other) => other.isActive)
  if (active?.timeline == null || member.timeline === null || member.timeline <= active.timeline) return null
  return {
    name: 'TimelineDiverged',
    says: `${member.id} is on timeline ${member.timeline}, and the writer ${active.id} was last seen on ${active.timeline}.`,
    since: null,
  }
}

function judgeReach({ member }: FindingSight, reach: Reach): Verdict | null {
  const { id } = member
  const since = reach.since
  const from = since ? ` since ${sayInstant(since)}` : ''
  switch (reach.kind) {
    case 'answers':
      return null
    case 'unseen':
      // It answered the console's own look, and no vantage's.
      return null
    case 'listener-silent':
      return {
        name: 'ServerFrozen',
        says: `${id} accepts connections and answers none${from}; sessions that were open before still work, and may write.`,
        since,
      }
    case 'mixed':
      return {
        name: 'UnreachableFromHere',
        says: `${id} answers ${reach.answeringCount} of ${counted(reach.seen.length, 'vantage')}: ${sayList(reach.silentFrom)} cannot reach it${from}.`,
        since,
      }
    case 'refused':
      return {
        name: 'ServerDown',
        says: `${id} does not run: its host refuses ${counted(reach.seen.length, 'vantage')} at once${from}.`,
        since,
      }
    case 'accepted-and-silent':
      return {
        name: 'ServerFrozen',
        says: `${id} accepts connections and answers none of ${counted(reach.seen.length, 'vantage')}${from}. Sessions that are open may still write.`,
        since,
      }
    case 'silent':
      return {
        name: 'ServerUnreachable',
        says: `No vantage of ${reach.seen.length} gets an answer from ${id}${from}. It may still take writes from clients that reach it.`,
        since,
      }
  }
}

function judgeWrites(sight: FindingSight, reach: Reach, nowMs: number): Verdict {
  const { member } = sight
  if (!member.isActive) return { name: 'ServerHealthy', says: `${member.id} answers as a standby.`, since: null }
  const closed = sayClosed(member, nowMs)
  // A vantage whose write was accepted just now knows better than what the server said of itself a moment ago.
  const since = latestOf(reach.writes.map((probe) => probe.outcomeSince))
  const isRefused = reach.writes.length > 0 && reach.writes.every((probe) => probe.outcome !== 'ok')
  if (isRefused || (closed && !reach.writes.some((probe) => probe.outcome === 'ok')))
    return {
      name: 'RefusingWrites',
      says: closed ?? `${member.id} answers and refuses every write: ${reach.writes[0]?.detail ?? 'no reason given'}`,
      since: isRefused ? since : null,
    }
  if (reach.writes.length === 0 && !(isHeard(member, nowMs) && isWriter(member)))
    return { name: 'NotObserved', says: `Nobody has tried to write to ${member.id} recently.`, since: null }
  return {
    name: 'ServerHealthy',
    says: `${member.id} answers ${reach.seen.length === 0 ? 'the console' : counted(reach.seen.length, 'vantage')} and takes writes.`,
    since: null,
  }
}

function sayClosed(member: FindingSight['member'], nowMs: number): string | null {
  if (!isHeard(member, nowMs)) return null
  if (member.gateStatus !== null && member.gateStatus !== 'WRITABLE')
    return `The gate of ${member.id} is ${member.gateStatus}: it takes no writes.`
  if (member.gateStatus !== null && member.gateRegion !== member.region)
    return `The gate of ${member.id} names ${member.gateRegion ?? 'no region'}: it takes no writes.`
  if (member.leaseUntil && member.leaseUntil.getTime() <= nowMs)
    return `The write lease of ${member.id} ran out at ${sayInstant(member.leaseUntil)}: it takes no writes.`
  return null
}

/** What it said of itself holds now: only a fresh answer does. */
function isHeard(member: FindingSight['member'], nowMs: number): boolean {
  return member.state === 'reachable' && isFresh(member.observedAt, nowMs, MEMBER_INTERVAL_MS)
}
