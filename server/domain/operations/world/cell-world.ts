import type { LagState } from '@/model/observations'
import type { Finding } from '@/model/schemas/plans'
import type { OperationState } from '@/model/states'
import type { ActiveHold } from '../../holds'

/**
 * What the catalog knows of one cell at one moment: the only input of planning and of judging drift. Facts that were never
 * seen are null, and a null never counts in favour of a plan.
 */
export type CellWorld = {
  /** The catalog's clock when the facts were read. */
  nowMs: number
  cell: {
    id: string
    scope: string
    lagMsMax: number
    /** What it promises to lose at most when its writer is lost. */
    rpoObjectiveMs: number
    /** How long its writer may write without hearing from the console, in ms; null: it holds no write lease. */
    writeLeaseMs: number | null
  }
  members: readonly MemberWorld[]
  epoch: EpochWorld | null
  policies: readonly PolicyWorld[]
  tenantCount: number
  topTenants: readonly { tenantId: string; name: string }[]
  /** SHA-256 over each policy, its version and the SHA-256 of the ids of all its tenants, in order. */
  tenantsDigest: string
  /** Not yet ended, on this scope. */
  operations: readonly { code: string; status: OperationState }[]
  /** Waiting for a decision, on this scope; the request being judged is left out. */
  requests: readonly { code: string }[]
  migrations: readonly { tenantId: string; status: string }[]
  /** The other cells of the estate and whether they take writes; null where nobody knows. */
  otherCells: readonly { cellId: string; region: string; isWritable: boolean | null }[]
  /** The newest planned run that raised the epoch: it moved the writer, or fenced it and went back. */
  lastSwitchover: PastMove | null
  /** The newest forced one. Once somebody has taken note of it the cell need not rest for it any more. */
  lastFailover: PastMove | null
  pastWritePausesMs: readonly number[]
  /** Null where nobody counted, or where more failed than was acknowledged: then it is the rate of an outage. */
  writesPerSecond: number | null
  /** What keeps operations from starting on the cell, its regions or its tenants. */
  holds: readonly ActiveHold[]
  /** The newest forced failover that nobody has taken note of. */
  unacknowledgedFailover: { code: string; finishedAtMs: number } | null
  /** When the writer stops by itself; null when no lease is known that its gate has confirmed at this epoch. */
  lease: LeaseWorld | null
  /** The application's own counts of acknowledged writes, and of commands that failed or were refused, in order, around the writer's last sign of life. */
  acknowledged: readonly { fromMs: number; toMs: number; count: number; failedCount: number }[]
}

export type PastMove = { code: string; finishedAtMs: number; wentBack: boolean }

export type LeaseWorld = {
  /** No order ever given to the gate at this epoch reaches beyond this. */
  endsAtMs: number
  /** The keeper has said its last word: nothing more can come. */
  isFinal: boolean
}

export type MemberWorld = {
  id: string
  region: string
  /** Null: never observed. */
  report: MemberReportWorld | null
  /** Newest sample of this member as a standby. */
  lag: LagWorld | null
  /** One read on a kept connection from the vantage that runs operations, in ms. */
  readRttMs: number | null
  /** Declared capacity in writes a second; null is not known. */
  writesMax: number | null
  /** What every vantage together says of it. */
  finding: Finding
  /** When any vantage last had an answer from it, and when its host was first seen to refuse since. */
  lastAnswerAtMs: number | null
  firstRefusalAtMs: number | null
  /** Whether its machine can be taken out of service from outside; null: no agent is configured, or none was asked. */
  agent: { isReady: boolean; says: string; checkedAtMs: number } | null
}

export type MemberReportWorld = {
  isReachable: boolean
  detail: string | null
  role: 'primary' | 'standby' | null
  systemIdentifier: string | null
  timeline: number | null
  lsn: string | null
  /** Standby: what it has received, replayed or not. */
  receivedLsn: string | null
  /** The newest heartbeat of the writer that it holds, by our clock. */
  heartbeatAtMs: number | null
  /** When it last answered; the facts are of then. */
  lastReachableAtMs: number | null
  receiverStatus: string | null
  upstreamMember: string | null
  gate: { status: string; epoch: bigint; region: string } | null
  unprotected: readonly string[]
  preparedCount: number | null
  clockSkewMs: number | null
  vantage: string
  observedAtMs: number
}

export type LagWorld = {
  state: LagState
  sourceMember: string
  bytes: bigint | null
  heartbeatAgeMs: number | null
  sampledAtMs: number
}

export type EpochWorld = { activeMember: string; activeRegion: string; epoch: bigint; status: string }

export type PolicyWorld = {
  code: string
  version: number
  /** Regions in which a primary of these tenants may lie. */
  allowedRegions: readonly string[]
  isInForce: boolean
  dataClasses: readonly string[]
  tenantCount: number
}

/** The member that the catalog names as the writer, or null when there is no epoch row or no such member. */
export function sourceOf(world: CellWorld): MemberWorld | null {
  return world.members.find((member) => member.id === world.epoch?.activeMember) ?? null
}
