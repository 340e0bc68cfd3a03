import type { LagState } from '@/model/observations'
import type { OperationState } from '@/model/states'

/**
 * What the catalog knows of one cell at one moment: the only input of planning and of judging drift. Facts that were never
 * seen are null, and a null never counts in favour of a plan.
 */
export type CellWorld = {
  /** The catalog's clock when the facts were read. */
  nowMs: number
  cell: { id: string; scope: string; lagMsMax: number }
  members: readonly MemberWorld[]
  epoch: EpochWorld | null
  policies: readonly PolicyWorld[]
  tenantCount: number
  topTenants: readonly { tenantId: string; name: string }[]
  /** SHA-256 over every tenant of the cell with its policy and that policy's version, in order. */
  tenantsDigest: string
  /** Not yet ended, on this scope. */
  operations: readonly { code: string; status: OperationState }[]
  /** Waiting for a decision, on this scope; the request being judged is left out. */
  requests: readonly { code: string }[]
  migrations: readonly { tenantId: string; status: string }[]
  /** The other cells of the estate and whether they take writes; null where nobody knows. */
  otherCells: readonly { cellId: string; region: string; isWritable: boolean | null }[]
  /** The newest run that raised the epoch: it moved the writer, or fenced it and went back. */
  lastSwitchover: { code: string; finishedAtMs: number; wentBack: boolean } | null
  pastWritePausesMs: readonly number[]
  writesPerSecond: number | null
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
}

export type MemberReportWorld = {
  isReachable: boolean
  detail: string | null
  role: 'primary' | 'standby' | null
  systemIdentifier: string | null
  timeline: number | null
  lsn: string | null
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
