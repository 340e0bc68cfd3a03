import { z } from 'zod'
import { fenceStrengths, operationStates, requestStates, stepStates } from '../states'
import { CellId, Hash, Instant, MemberId, PersonRef, Reason, RegionCode, Uuid } from './common'

/** One thing that was checked before a plan was offered. A failed check that is not overridable blocks the request. */
export const Check = z.object({
  rule: z.string(),
  title: z.string(),
  outcome: z.enum(['passed', 'failed', 'unknown']),
  says: z.string(),
})
export type Check = z.infer<typeof Check>

/** What would be lost. `unknown` blocks approval. */
export const LossBound = z.object({
  kind: z.enum(['none', 'bounded', 'unknown']),
  seconds: z.number().nullable(),
  bytes: z.string().nullable(),
  transactions: z.string().nullable(),
  basis: z.string(),
})
export type LossBound = z.infer<typeof LossBound>

export const MemberFingerprint = z.object({
  member: MemberId,
  region: RegionCode,
  systemIdentifier: z.string(),
  timeline: z.int(),
  lsn: z.string(),
})

/**
 * The immutable plan of a planned switchover: what approvals bind to by its hash. Plain JSON; its RFC 8785 form is hashed.
 * Version is part of it, so that a later console never misreads an older plan.
 */
export const SwitchoverPlan = z.object({
  version: z.literal(1),
  kind: z.literal('planned-switchover'),
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
  blastRadius: z.object({
    tenantCount: z.int(),
    writesPerSecond: z.number().nullable(),
    policies: z.array(z.string()),
    topTenants: z.array(z.object({ tenantId: Uuid, name: z.string() })),
  }),
  residency: z.object({
    verdict: z.enum(['allowed', 'violated', 'unknown']),
    checkedCount: z.int(),
    violations: z.array(z.object({ policy: z.string(), tenantCount: z.int() })),
    policyVersions: z.record(z.string(), z.int()),
  }),
  redundancyDuring: z.string(),
})
export type SwitchoverPlan = z.infer<typeof SwitchoverPlan>

export const PreviewSwitchover = z.object({ cellId: CellId, targetMember: MemberId.optional() })
export const SwitchoverPreview = z.object({
  cellId: z.string(),
  candidates: z.array(z.object({ member: z.string(), region: z.string(), usable: z.boolean(), says: z.string() })),
  checks: z.array(Check),
  /** Null when a check failed: no safe candidate is a legitimate answer. */
  plan: SwitchoverPlan.nullable(),
  planHash: Hash.nullable(),
  previewedAt: Instant,
  validUntil: Instant,
})
export type SwitchoverPreview = z.infer<typeof SwitchoverPreview>

export const RequestSwitchover = z.object({
  cellId: CellId,
  targetMember: MemberId,
  /** The hash of the dry run that the requester read: a request for anything else is refused. */
  planHash: Hash,
  /** The requester types the region that will be fenced. */
  typedRegion: z.string(),
  reason: Reason,
  incidentRef: z.string().trim().max(100).optional(),
  /** Made by the client once per intent; repeating it returns the same request. */
  idempotencyKey: Uuid,
})
export type RequestSwitchover = z.infer<typeof RequestSwitchover>

export const RequestRef = z.object({ id: Uuid })
export const DecideRequest = z.object({ id: Uuid, planHash: Hash, reason: Reason })
export type DecideRequest = z.infer<typeof DecideRequest>

export const ApprovalView = z.object({
  person: PersonRef,
  decision: z.enum(['approve', 'reject']),
  reason: z.string(),
  decidedAt: Instant,
})

export const RequestSummary = z.object({
  id: Uuid,
  code: z.string(),
  kind: z.string(),
  scope: z.string(),
  title: z.string(),
  status: z.enum(requestStates),
  requester: PersonRef,
  reason: z.string(),
  createdAt: Instant,
  approveBy: Instant,
  runBy: Instant,
  quorum: z.int(),
  approvals: z.array(ApprovalView),
  operationId: Uuid.nullable(),
  closedReason: z.string().nullable(),
})
export type RequestSummary = z.infer<typeof RequestSummary>

/** A difference between the plan and the world now. Any drift voids the approval. */
export const Drift = z.object({ what: z.string(), planned: z.string(), now: z.string() })
export type Drift = z.infer<typeof Drift>

export const RequestDetail = RequestSummary.extend({
  planHash: Hash,
  plan: SwitchoverPlan,
  incidentRef: z.string().nullable(),
  checks: z.array(Check),
  drift: z.array(Drift),
  /** Who may still decide, and why the viewer may not (null when they may). */
  approvers: z.array(PersonRef),
  whyNotYou: z.string().nullable(),
  /** Null when the last proof of the second factor is too old: approving asks for it first. */
  steppedUpUntil: Instant.nullable(),
  ifNobodyActs: z.string(),
  undoUntilStep: z.string(),
  manualCommand: z.string(),
})
export type RequestDetail = z.infer<typeof RequestDetail>

export const RequestFilter = z.object({ status: z.enum(['waiting', 'decided', 'all']).default('all') })

export const StepView = z.object({
  position: z.int(),
  name: z.string(),
  title: z.string(),
  status: z.enum(stepStates),
  undoable: z.boolean(),
  pointOfNoReturn: z.boolean(),
  pastReturn: z.boolean(),
  attempts: z.int(),
  startedAt: Instant.nullable(),
  finishedAt: Instant.nullable(),
  deadlineAt: Instant.nullable(),
  says: z.string().nullable(),
  error: z.string().nullable(),
  /** What the step recorded, as JSON text. */
  output: z.string().nullable(),
  /** From past runs of the same step; null until there are at least three. */
  usualMs: z.object({ p50: z.number(), p95: z.number(), count: z.int() }).nullable(),
})
export type StepView = z.infer<typeof StepView>

export const ReceiptView = z.object({
  id: Uuid,
  memberId: z.string(),
  strength: z.enum(Object.keys(fenceStrengths) as [keyof typeof fenceStrengths, ...(keyof typeof fenceStrengths)[]]),
  epoch: z.string(),
  systemIdentifier: z.string().nullable(),
  timeline: z.int().nullable(),
  lsn: z.string().nullable(),
  refusalCode: z.string().nullable(),
  refusalSqlstate: z.string().nullable(),
  vantage: z.string(),
  takenAt: Instant,
})

export const OperationSummary = z.object({
  id: Uuid,
  code: z.string(),
  kind: z.string(),
  scope: z.string(),
  title: z.string(),
  status: z.enum(operationStates),
  statusReason: z.string().nullable(),
  requester: PersonRef.nullable(),
  createdAt: Instant,
  startedAt: Instant.nullable(),
  finishedAt: Instant.nullable(),
  stepsDone: z.int(),
  stepsTotal: z.int(),
  currentStep: z.string().nullable(),
  writePauseMs: z.number().nullable(),
})
export type OperationSummary = z.infer<typeof OperationSummary>

/** What the operation measured about itself. Nulls were not measurable; `basis` says from what the pause was measured. */
export const OperationReport = z.object({
  writePauseMs: z.number().nullable(),
  usualGapMs: z.number().nullable(),
  basis: z.string(),
  rtoMs: z.number().nullable(),
  rpo: LossBound,
  lastAckOldEpochAt: Instant.nullable(),
  firstAckNewEpochAt: Instant.nullable(),
})
export type OperationReport = z.infer<typeof OperationReport>

export const OperationDetail = OperationSummary.extend({
  requestId: Uuid.nullable(),
  planHash: Hash,
  plan: SwitchoverPlan,
  steps: z.array(StepView),
  receipts: z.array(ReceiptView),
  leaseHolder: z.string().nullable(),
  leaseEpoch: z.string(),
  heartbeatAt: Instant.nullable(),
  /** True when a worker should be at it and none has been heard for ten seconds: the state is unknown, not "running". */
  runnerLost: z.boolean(),
  /** When an undo that reached nobody is tried again; null while a worker is at it. */
  nextTryAt: Instant.nullable(),
  pointOfNoReturnAt: Instant.nullable(),
  abortRequestedAt: Instant.nullable(),
  pauseRequestedAt: Instant.nullable(),
  approvals: z.array(ApprovalView),
  report: OperationReport.nullable(),
  serverNow: Instant,
})
export type OperationDetail = z.infer<typeof OperationDetail>

export const OperationRef = z.object({ id: Uuid })
export const ControlOperation = z.object({ id: Uuid, reason: Reason })
export const OperationFilter = z.object({
  status: z.enum(['active', 'ended', 'all']).default('all'),
  scope: z.string().optional(),
})
