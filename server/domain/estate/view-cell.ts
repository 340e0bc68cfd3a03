import { mergeHistograms } from '@/model/histogram'
import type { CellView, Lag, MemberView } from '@/model/schemas/estate'
import type { Finding } from '@/model/schemas/plans'
import {
  decideCellStatus,
  decideLagStatus,
  decideMemberStatus,
  isAbandoned,
  isFresh,
  LAG_INTERVAL_MS,
  MEMBER_INTERVAL_MS,
  type MemberSight,
  type ProbeSeen,
  percentilesOf,
  probeIntervalMs,
} from '../telemetry'
import type { CellRow } from './load-structure'
import type { World } from './load-world'

/** One cell as its members, its lag and the vantages' reads show it. `findings` by member, where they were asked for. */
export function viewCell(world: World, cell: CellRow, findings: ReadonlyMap<string, Finding> = new Map()): CellView {
  const sights = cell.members.map((member) => sightOf(world, cell, member))
  const lag = viewLags(world, cell)
  const { status, says } = decideCellStatus(
    {
      epoch: cell.epoch,
      epochStatus: cell.epochStatus,
      members: sights,
      lags: lag,
      reach: reachOf(world, cell.activeMember),
      noWriteSince: noWriteSince(world, cell),
      noAckMs: world.noAckMs.get(cell.id) ?? null,
      operation: operationOf(cell),
      leftBehind: cell.leftBehind.map(({ memberId, epoch }) => ({ memberId, epoch: BigInt(epoch) })),
      failoverToNote: cell.failoverToNote,
    },
    { nowMs: world.nowMs },
  )
  return {
    id: cell.id,
    name: cell.name,
    scope: cell.scope,
    engine: cell.engine,
    activeRegion: cell.activeRegion,
    homeRegion: cell.homeRegion,
    activeMember: cell.activeMember,
    epoch: cell.epoch.toString(),
    epochStatus: cell.epochStatus,
    epochChangedAt: cell.epochChangedAt.toISOString(),
    tenantCount: cell.tenantCount,
    status,
    says,
    members: sights.map((sight) => ({ ...viewMember(world, cell, sight), finding: findings.get(sight.id) ?? null })),
    lag,
    writesPerSecond: writesPerSecond(world, cell.id),
    writeLatency: latencyOf(world, (sample) => sample.kind === 'write' && sample.memberId === cell.activeMember),
    operationId: cell.operationId,
    failoverToNote: cell.failoverToNote,
    rpoObjectiveMs: cell.rpoObjectiveMs,
    rtoObjectiveMs: cell.rtoObjectiveMs,
  }
}

function operationOf({ operationKind, operationStatus, isOperationPastReturn }: CellRow) {
  if (!operationKind || !operationStatus) return null
  return { kind: operationKind, status: operationStatus, isPastReturn: isOperationPastReturn }
}

/** Percentiles of every sample that `wanted` picks, from one merged histogram. */
export function latencyOf(world: World, wanted: (sample: World['latencies'][number]) => boolean) {
  return percentilesOf(mergeHistograms(world.latencies.filter(wanted).map((sample) => sample.histogram)))
}

/** An unreachable member's role and gate are not known now, whatever they were: only its place and its age are. */
function sightOf(world: World, cell: CellRow, member: { id: string; region: string }): MemberSight {
  const seen = world.members.get(member.id)
  const heard = seen?.state === 'reachable' ? seen : null
  return {
    ...member,
    isActive: member.id === cell.activeMember,
    state: seen?.state ?? 'unknown',
    role: heard?.role ?? null,
    gateStatus: heard?.gateStatus ?? null,
    gateEpoch: heard?.gateEpoch ?? null,
    gateRegion: heard?.gateRegion ?? null,
    gateServer: heard?.gateServer ?? null,
    serverName: heard?.serverName ?? null,
    leaseUntil: heard?.gateLeaseUntil ?? null,
    unprotected: heard?.unprotected ?? [],
    observedAt: seen?.observedAt ?? null,
  }
}

function viewMember(world: World, cell: CellRow, sight: MemberSight): Omit<MemberView, 'finding'> {
  const seen = world.members.get(sight.id)
  const heard = seen?.state === 'reachable' ? seen : null
  return {
    id: sight.id,
    cellId: cell.id,
    region: sight.region,
    isActive: sight.isActive,
    staleServerId: staleServerIdOf(cell, sight.id),
    state: sight.state,
    role: sight.role,
    timeline: heard?.timeline ?? null,
    lsn: heard?.lsn ?? null,
    gateStatus: sight.gateStatus,
    gateEpoch: sight.gateEpoch?.toString() ?? null,
    unprotected: [...sight.unprotected],
    clockSkewMs: heard?.clockSkewMs ?? null,
    serverVersion: seen?.serverVersion ?? null,
    detail: seen?.detail ?? null,
    status: decideMemberStatus(sight, { nowMs: world.nowMs }),
    seen: {
      observedAt: seen?.observedAt.toISOString() ?? null,
      vantage: seen?.vantageRegion ?? null,
      intervalMs: MEMBER_INTERVAL_MS,
    },
  }
}

/** One lag a member that is not the active one; a standby that nobody has read is there as unknown, not missing. */
export function viewLags(world: World, cell: CellRow): Lag[] {
  const regionOf = new Map(cell.members.map((member) => [member.id, member.region]))
  return cell.members
    .filter((member) => member.id !== cell.activeMember)
    .map((member) => {
      const seen = world.lags.get(member.id)
      // A reading from before a switchover was against another source, or of a server that is a primary now.
      const source = seen?.sourceMember ?? cell.activeMember
      const state = seen?.state ?? 'unknown'
      const observedAt = seen?.sampledAt ?? null
      const heartbeatAgeMs = seen?.heartbeatAgeMs ?? null
      return {
        sourceMember: source,
        targetMember: member.id,
        sourceRegion: regionOf.get(source) ?? null,
        targetRegion: member.region,
        cellId: cell.id,
        state,
        bytes: seen?.bytes?.toString() ?? null,
        heartbeatAgeMs,
        engineLagMs: seen?.engineLagMs ?? null,
        lagMsMax: cell.lagMsMax,
        staleServerId: staleServerIdOf(cell, member.id),
        status: decideLagStatus({ state, heartbeatAgeMs, observedAt, lagMsMax: cell.lagMsMax }, { nowMs: world.nowMs }),
        seen: {
          observedAt: observedAt?.toISOString() ?? null,
          vantage: world.members.get(member.id)?.vantageRegion ?? null,
          intervalMs: LAG_INTERVAL_MS,
        },
      }
    })
}

function staleServerIdOf({ leftBehind }: CellRow, memberId: string): string | null {
  return leftBehind.find((server) => server.memberId === memberId)?.id ?? null
}

function reachOf(world: World, memberId: string): { okCount: number; failingCount: number } {
  const reads = world.probes.filter((probe) => probe.memberId === memberId && probe.kind === 'read')
  const isAnswer = (probe: ProbeSeen) => probe.outcome === 'ok' || probe.outcome === 'refused'
  return {
    okCount: reads.filter((probe) => isAnswer(probe) && isFresh(probe.observedAt, world.nowMs, probeIntervalMs.read))
      .length,
    failingCount: reads.filter(
      (probe) => !isAnswer(probe) && !isAbandoned(probe.observedAt, world.nowMs, probeIntervalMs.read),
    ).length,
  }
}

/**
 * Since when every vantage that tries to write is turned away: since the last one's attempts began to fail. It is never
 * before the epoch began, because a member that is active again has a row of its earlier time.
 */
function noWriteSince(world: World, { activeMember, epochChangedAt }: CellRow): Date | null {
  const writes = world.probes.filter(
    (probe) =>
      probe.memberId === activeMember &&
      probe.kind === 'write' &&
      probe.outcome !== 'unasked' &&
      !isAbandoned(probe.observedAt, world.nowMs, probeIntervalMs.write),
  )
  if (writes.length === 0 || writes.some((probe) => probe.outcome === 'ok')) return null
  return new Date(Math.max(epochChangedAt.getTime(), ...writes.map((probe) => probe.outcomeSince.getTime())))
}

function writesPerSecond(world: World, cellId: string): number | null {
  if (!world.traffic) return null
  const acked = world.traffic.rows.filter((row) => row.cellId === cellId).reduce((sum, row) => sum + row.writesAcked, 0)
  return acked / world.traffic.seconds
}
