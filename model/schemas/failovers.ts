import { z } from 'zod'
import { CellId, Flag, Hash, Instant, MemberId, Uuid } from './common'
import { Check, FenceMean, Finding, ForcedFailoverPlan, LossBound, Override } from './plans'

/** A forced failover: the dry run, and what is known about its tenants. */
export const PreviewFailover = z.strictObject({
  cellId: CellId,
  targetMember: MemberId.optional(),
  overrides: z.array(Override.strict()).max(20).default([]),
  isBreakGlass: Flag.default(false),
  /** Only with `isBreakGlass`: people stand in for a proof that the old primary is closed. */
  isDeclared: Flag.default(false),
})
export type PreviewFailover = z.infer<typeof PreviewFailover>

export const FailoverCandidate = z.object({
  member: z.string(),
  region: z.string(),
  usable: z.boolean(),
  says: z.string(),
  loss: LossBound,
})
export type FailoverCandidate = z.infer<typeof FailoverCandidate>

export const FailoverPreview = z.object({
  cellId: z.string(),
  finding: Finding,
  candidates: z.array(FailoverCandidate),
  checks: z.array(Check),
  means: z.array(FenceMean),
  /** Null when something that is not overridden speaks against it: no safe candidate is a legitimate answer. */
  plan: ForcedFailoverPlan.nullable(),
  planHash: Hash.nullable(),
  previewedAt: Instant,
  validUntil: Instant,
})
export type FailoverPreview = z.infer<typeof FailoverPreview>

/** One page of the affected tenants with the verdict on each. `after` is the tenant id to go on from. */
export const AffectedTenantsQuery = z.strictObject({
  cellId: CellId,
  targetMember: MemberId,
  onlyViolations: Flag.default(false),
  after: Uuid.optional(),
})
export const AffectedTenant = z.object({
  tenantId: Uuid,
  name: z.string(),
  policy: z.string(),
  policyVersion: z.int(),
  residency: z.enum(['allowed', 'violated']),
  openMigration: z.string().nullable(),
})
export const AffectedTenantsPage = z.object({
  tenants: z.array(AffectedTenant),
  totalCount: z.int(),
  violatedCount: z.int(),
  next: Uuid.nullable(),
})
export type AffectedTenantsPage = z.infer<typeof AffectedTenantsPage>

/** What would happen if a region went dark now, cell by cell. */
export const WhatIfQuery = z.strictObject({ region: z.string() })
export const WhatIf = z.object({
  region: z.string(),
  at: Instant,
  cells: z.array(
    z.object({
      cellId: z.string(),
      /** What the region is to the cell: its writer, a standby, or nothing. */
      loses: z.enum(['writer', 'standby', 'nothing']),
      newWriter: z.string().nullable(),
      newRegion: z.string().nullable(),
      says: z.string(),
      lawfulTargets: z.array(z.string()),
      headroomPercent: z.number().nullable(),
      loss: LossBound.nullable(),
      /** Median write latency as users of each region see it now and would see it then, in ms; null is not known. */
      latency: z.array(
        z.object({ userRegion: z.string(), nowMs: z.number().nullable(), thenMs: z.number().nullable() }),
      ),
    }),
  ),
})
export type WhatIf = z.infer<typeof WhatIf>
