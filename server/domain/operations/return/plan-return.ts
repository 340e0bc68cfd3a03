import type { BlastRadius, LossBound, MemberFingerprint, OperationPlan, ReturnPlan } from '@/model/schemas/plans'
import { scopeOfReturn } from '@/model/scope-of-return'
import { describeBlastRadius, describeResidency } from '../describe-impact'
import { DRAIN_MS_MAX, REPLAY_MS_MAX } from '../limits'
import { type CellWorld, type MemberWorld, sourceOf } from '../world/cell-world'
import type { StaleRow } from './return-run'

type Order = { madeBy: string; steps: ReturnPlan['steps'] }

/**
 * Pure. Who closes and reads a server changes nothing that anybody uses, so what a plan says of losses and pauses is "none". Null:
 * the catalog names no writer that the server could be compared with, or nobody has ever seen it.
 */
export function planReturn(world: CellWorld, stale: StaleRow, { madeBy, steps }: Order): ReturnPlan | null {
  const writer = sourceOf(world)
  const target = writer && knownFingerprint(writer, stale)
  if (!writer || !target) return null
  return {
    ...commonOf(world, stale, writer, target),
    kind: 'return',
    scope: scopeOfReturn(stale.memberId),
    madeBy,
    steps,
    epoch: { from: String(stale.epoch), to: String(stale.fencedEpoch) },
    staleServerId: stale.id,
  }
}

type Common = Pick<
  OperationPlan,
  | 'version'
  | 'cell'
  | 'target'
  | 'bounds'
  | 'observed'
  | 'loss'
  | 'writePauseEstimate'
  | 'blastRadius'
  | 'residency'
  | 'redundancyDuring'
  | 'overrides'
> & { source: ReturnPlan['source'] }

/** What the plan of a return and of a reinstatement say alike. */
export function commonOf(world: CellWorld, stale: StaleRow, writer: MemberWorld, target: MemberFingerprint): Common {
  const report = world.members.find((member) => member.id === stale.memberId)?.report ?? null
  return {
    version: 1,
    cell: world.cell.id,
    source: {
      member: stale.memberId,
      region: world.members.find((member) => member.id === stale.memberId)?.region ?? target.region,
      systemIdentifier: stale.systemIdentifier,
      timeline: stale.divergenceTimeline,
      lsn: report?.lsn ?? null,
      lastSeenAt: report?.lastReachableAtMs ? new Date(report.lastReachableAtMs).toISOString() : null,
    },
    target,
    bounds: { lagMsMax: world.cell.lagMsMax, drainMs: DRAIN_MS_MAX, replayMs: REPLAY_MS_MAX },
    observed: {
      lagBytes: null,
      heartbeatAgeMs: null,
      at: new Date(report?.observedAtMs ?? world.nowMs).toISOString(),
      vantage: report?.vantage ?? 'none',
    },
    loss: NOTHING_LOST,
    writePauseEstimate: { lowMs: 0, highMs: 0, basis: 'Nobody writes to this server.' },
    blastRadius: describeBlastRadius(world, writer) satisfies BlastRadius,
    residency: describeResidency(world, writer),
    redundancyDuring: `${writer.id} takes the writes and is not touched.`,
    overrides: [],
  }
}

const NOTHING_LOST: LossBound = {
  kind: 'none',
  seconds: 0,
  bytes: '0',
  transactions: '0',
  basis: 'What the failover lost was lost then; nothing more is.',
  until: null,
}

/** As it was last seen; the family and the timeline must be known, since the reading is held against them. */
export function knownFingerprint(writer: MemberWorld, stale: StaleRow): MemberFingerprint | null {
  const systemIdentifier = writer.report?.systemIdentifier ?? stale.systemIdentifier
  const timeline = writer.report?.timeline ?? stale.divergenceTimeline
  if (systemIdentifier === null || timeline === null) return null
  return {
    member: writer.id,
    region: writer.region,
    systemIdentifier,
    timeline,
    lsn: writer.report?.lsn ?? 'unknown',
  }
}
