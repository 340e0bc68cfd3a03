import { z } from 'zod'
import { findings } from '../findings'
import { REASON_CHARS_MAX, REASON_CHARS_MIN } from '../reason'
import { fenceStrengths } from '../states'
import { CellId, Instant, MemberId, RegionCode, Uuid } from './common'

/**
 * Plans: what an operation will do, what speaks for and against it, and what it costs. A plan is immutable plain JSON; people
 * approve the SHA-256 of its RFC 8785 form. `version` is part of it, so that a later console never misreads an older plan.
 */

/**
 * One thing that was checked before a plan was offered. What did not pass blocks the request, unless the rule may be
 * overridden and the plan names it with a reason of its own.
 */
export const Check = z.object({
  rule: z.string(),
  title: z.string(),
  outcome: z.enum(['passed', 'failed', 'unknown']),
  says: z.string(),
  isOverridable: z.boolean(),
  /** The reason given for going on although it did not pass; absent where nobody has overridden it. */
  overriddenBecause: z.string().optional(),
})
export type Check = z.infer<typeof Check>

export const Override = z.object({
  rule: z.string(),
  reason: z.string().trim().min(REASON_CHARS_MIN).max(REASON_CHARS_MAX),
})
export type Override = z.infer<typeof Override>

/**
 * The most that could be lost, never an average. `unknown` blocks approval. Each of the numbers is a bound of its own, and null
 * where nobody knows one: seconds can be bounded where bytes cannot. `until`: the bound holds if the old primary is fenced by
 * then; null where it no longer grows. `objectiveSeconds`: what the cell promises to lose at most; a bound above it blocks
 * nothing, and people are told. Plans of older consoles lack it.
 */
export const LossBound = z.object({
  kind: z.enum(['none', 'bounded', 'unknown']),
  seconds: z.number().nullable(),
  bytes: z.string().nullable(),
  transactions: z.string().nullable(),
  basis: z.string(),
  until: Instant.nullable(),
  objectiveSeconds: z.number().optional(),
})
export type LossBound = z.infer<typeof LossBound>

export const MemberFingerprint = z.object({
  member: MemberId,
  region: RegionCode,
  systemIdentifier: z.string(),
  timeline: z.int(),
  lsn: z.string(),
})
export type MemberFingerprint = z.infer<typeof MemberFingerprint>

/** A server that cannot be asked any more: what it last said, and when. */
export const LastKnownFingerprint = MemberFingerprint.extend({
  systemIdentifier: z.string().nullable(),
  timeline: z.int().nullable(),
  lsn: z.string().nullable(),
  lastSeenAt: Instant.nullable(),
})

const strengths = Object.keys(fenceStrengths) as [keyof typeof fenceStrengths, ...(keyof typeof fenceStrengths)[]]
const findingNames = Object.keys(findings) as [keyof typeof findings, ...(keyof typeof findings)[]]

/** One way to close the old primary: whether it can be had now, and what it would prove. */
export const FenceMean = z.object({
  strength: z.enum(strengths),
  isPossible: z.boolean(),
  /** Why it can or cannot be had right now. */
  says: z.string(),
})
export type FenceMean = z.infer<typeof FenceMean>

/** What several vantages together say about one server. */
export const Finding = z.object({
  name: z.enum(findingNames),
  says: z.string(),
  since: Instant.nullable(),
  vantages: z.array(
    z.object({
      region: z.string(),
      outcome: z.string(),
      detail: z.string().nullable(),
      observedAt: Instant.nullable(),
    }),
  ),
})
export type Finding = z.infer<typeof Finding>

export const BlastRadius = z.object({
  tenantCount: z.int(),
  writesPerSecond: z.number().nullable(),
  policies: z.array(z.string()),
  dataClasses: z.array(z.string()),
  /** Declared capacity of the target and what it would carry; null is not known. */
  capacity: z.object({ writesPerSecondMax: z.number().nullable(), headroomPercent: z.number().nullable() }),
  openMigrationCount: z.int(),
  topTenants: z.array(z.object({ tenantId: Uuid, name: z.string() })),
  /** SHA-256 over every affected tenant, its policy and its verdict, in order: the whole list is approved, not five names. */
  tenantsDigest: z.string(),
})
export type BlastRadius = z.infer<typeof BlastRadius>

/** What every plan says, whatever it does. */
const PlanBase = z.object({
  version: z.literal(1),
  /** The person who made it and who alone may request it: two people never share one plan. */
  madeBy: Uuid,
  cell: CellId,
  scope: z.string(),
  source: MemberFingerprint,
  target: MemberFingerprint,
  epoch: z.object({ from: z.string(), to: z.string() }),
  steps: z.array(z.object({ name: z.string(), title: z.string(), undoable: z.boolean(), pastReturn: z.boolean() })),
  bounds: z.object({ lagMsMax: z.int(), drainMs: z.int(), replayMs: z.int() }),
  observed: z.object({
    lagBytes: z.string().nullable(),
    heartbeatAgeMs: z.number().nullable(),
    at: Instant,
    vantage: z.string(),
  }),
  loss: LossBound,
  writePauseEstimate: z.object({ lowMs: z.int(), highMs: z.int(), basis: z.string() }),
  blastRadius: BlastRadius,
  residency: z.object({
    verdict: z.enum(['allowed', 'violated', 'unknown']),
    checkedCount: z.int(),
    violations: z.array(z.object({ policy: z.string(), tenantCount: z.int() })),
    policyVersions: z.record(z.string(), z.int()),
  }),
  redundancyDuring: z.string(),
  /** Rules that are overridden, by name, each with its own reason. Part of the hash: the approvers read them. */
  overrides: z.array(Override),
})

/** No loss: nothing is promoted before the target has everything that was ever acknowledged. */
export const SwitchoverPlan = PlanBase.extend({
  kind: z.literal('planned-switchover'),
  /** When it goes back, its page offers the dry run of a forced failover. It never starts one: that is asked for and approved anew. */
  thenAsk: z.literal(true).optional(),
})
export type SwitchoverPlan = z.infer<typeof SwitchoverPlan>

/** The primary is gone or cannot be reached. What it acknowledged and did not replicate is lost, up to the stated bound. */
export const ForcedFailoverPlan = PlanBase.extend({
  kind: z.literal('forced-failover'),
  source: LastKnownFingerprint,
  finding: Finding,
  /** Every mean with its verdict; the run tries the possible ones in this order, the strongest first. */
  fence: z.object({ means: z.array(FenceMean) }),
  isBreakGlass: z.boolean(),
  /** Two people attest that the old primary takes no writes, where nothing can prove it. Only with `isBreakGlass`, which then waits for the second of them. */
  isDeclared: z.literal(true).optional(),
})
export type ForcedFailoverPlan = z.infer<typeof ForcedFailoverPlan>

/** A server that a failover left behind is closed and read out. It changes nothing that anybody uses, so nobody approves it. */
export const ReturnPlan = PlanBase.extend({
  kind: z.literal('return'),
  source: LastKnownFingerprint,
  staleServerId: Uuid,
})
export type ReturnPlan = z.infer<typeof ReturnPlan>

/** A closed and read-out server is emptied and becomes a standby of the new primary. */
export const ReinstatementPlan = PlanBase.extend({
  kind: z.literal('reinstatement'),
  source: LastKnownFingerprint,
  staleServerId: Uuid,
  ledger: z.object({ lostWriteCount: z.int(), openConflictCount: z.int(), extractedAt: Instant.nullable() }),
})
export type ReinstatementPlan = z.infer<typeof ReinstatementPlan>

/** A copy of a standby is promoted beside the live cell, measured and thrown away. */
export const CloneDrillPlan = PlanBase.extend({
  kind: z.literal('drill-clone'),
  rtoObjectiveMs: z.int(),
  rpoObjectiveMs: z.int(),
})
export type CloneDrillPlan = z.infer<typeof CloneDrillPlan>

/**
 * The live cell is switched over and back. It names the live scope, and is approved like any switchover. The way back is a run
 * of its own, with its own way back from its own fence; one approval covers both, and its plan says so.
 */
export const SwitchoverDrillPlan = PlanBase.extend({
  kind: z.literal('drill-switchover'),
  rtoObjectiveMs: z.int(),
  rpoObjectiveMs: z.int(),
  leg: z.enum(['there', 'back']),
  /** What the approvers read of the way back. */
  back: z.string(),
  /** The run that this one comes back from; null on the way there. */
  firstLegId: Uuid.nullable(),
})
export type SwitchoverDrillPlan = z.infer<typeof SwitchoverDrillPlan>

/** Plans that fence a primary which answers, and lose nothing. */
export type LosslessPlan = SwitchoverPlan | SwitchoverDrillPlan

export const OperationPlan = z.discriminatedUnion('kind', [
  SwitchoverPlan,
  ForcedFailoverPlan,
  ReturnPlan,
  ReinstatementPlan,
  CloneDrillPlan,
  SwitchoverDrillPlan,
])
export type OperationPlan = z.infer<typeof OperationPlan>
export type PlanOf<Kind extends OperationPlan['kind']> = Extract<OperationPlan, { kind: Kind }>

/** A difference between the plan and the world now. Any drift voids the approval. */
export const Drift = z.object({ what: z.string(), planned: z.string(), now: z.string() })
export type Drift = z.infer<typeof Drift>
