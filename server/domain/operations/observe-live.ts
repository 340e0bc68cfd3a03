import type { MemberReport } from '@/server/engines/contract'
import { type CellWorld, type MemberWorld, sourceOf } from './world/cell-world'

export type LiveReports = { source: MemberReport; target: MemberReport; vantage: string; observedAtMs: number }

/**
 * Pure: the catalog's world with the two servers' own words of this moment in it, so that a starting operation is held to
 * the same rules as its plan was, but to facts that no collector had to carry.
 */
export function withLiveReports(
  world: CellWorld,
  ids: { source: string; target: string },
  live: LiveReports,
): CellWorld {
  return {
    ...world,
    nowMs: Math.max(world.nowMs, live.observedAtMs),
    members: world.members.map((member) => {
      if (member.id === ids.source) return liveMember(member, live.source, live, null)
      if (member.id === ids.target) return liveMember(member, live.target, live, upstreamOf(live, ids))
      return member
    }),
  }
}

/** The source knows its standbys by name, which no relay in between can hide. */
function upstreamOf({ source }: LiveReports, ids: { source: string; target: string }): string | null {
  const isFed =
    source.reachable && source.standbys.some(({ name, state }) => name === ids.target && state === 'streaming')
  return isFed ? ids.source : null
}

/** Pure: the world with the target's own words of this moment in it. */
export function withLiveTarget(
  world: CellWorld,
  target: string,
  live: { report: MemberReport; vantage: string; observedAtMs: number },
): CellWorld {
  return {
    ...world,
    nowMs: Math.max(world.nowMs, live.observedAtMs),
    members: world.members.map((member) =>
      member.id === target ? liveMember(member, live.report, live, null, heartbeatOf(live.report, world)) : member,
    ),
  }
}

/** By our clock: what its writer's clock was last off by is taken away. */
export function heartbeatOf(report: MemberReport, world: CellWorld): number | null {
  if (!report.reachable || !report.heartbeatAt) return null
  return report.heartbeatAt.getTime() - (sourceOf(world)?.report?.clockSkewMs ?? 0)
}

function liveMember(
  member: MemberWorld,
  report: MemberReport,
  { vantage, observedAtMs }: Pick<LiveReports, 'vantage' | 'observedAtMs'>,
  upstreamMember: string | null,
  heartbeatAtMs = member.report?.heartbeatAtMs ?? null,
): MemberWorld {
  if (!report.reachable) {
    const before = member.report
    return {
      ...member,
      report: {
        ...(before ?? nothingKnown),
        isReachable: false,
        detail: report.detail,
        vantage,
        observedAtMs,
      },
    }
  }
  const gate = report.gate && { status: report.gate.status, epoch: report.gate.epoch, region: report.gate.region }
  return {
    ...member,
    report: {
      isReachable: true,
      detail: null,
      role: report.role,
      systemIdentifier: report.systemIdentifier,
      timeline: report.timeline,
      lsn: report.lsn,
      receivedLsn: report.receivedLsn,
      heartbeatAtMs,
      lastReachableAtMs: observedAtMs,
      receiverStatus: report.receiver?.status ?? null,
      upstreamMember,
      gate,
      unprotected: report.unprotected,
      preparedCount: report.preparedTransactions.length,
      clockSkewMs: report.clockSkewMs,
      vantage,
      observedAtMs,
    },
    lag:
      report.role === 'standby' && upstreamMember
        ? {
            state: 'streaming',
            sourceMember: upstreamMember,
            bytes: null,
            heartbeatAgeMs: report.heartbeatAgeMs,
            sampledAtMs: observedAtMs,
          }
        : member.lag,
  }
}

const nothingKnown = {
  role: null,
  systemIdentifier: null,
  timeline: null,
  lsn: null,
  receivedLsn: null,
  heartbeatAtMs: null,
  lastReachableAtMs: null,
  receiverStatus: null,
  upstreamMember: null,
  gate: null,
  unprotected: [],
  preparedCount: null,
  clockSkewMs: null,
}

/** Pure: is this the server that the plan means? The wrong server behind the right address answers with another name. */
export function whyNotThatServer(report: MemberReport, expected: { member: string; region: string }): string | null {
  if (!report.reachable) return null // the rules call it unknown
  if (report.serverName !== expected.member)
    return `The server at the address of ${expected.member} calls itself ${report.serverName}.`
  if (report.serverRegion !== expected.region)
    return `${expected.member} says that it is in ${report.serverRegion ?? 'no region'}, not in ${expected.region}.`
  return null
}
