import { z } from 'zod'
import { type OperationKind, operationKinds } from '../operation-kinds'
import { fenceStrengths, operationStates, requestStates, stepStates } from '../states'
import { CellId, Flag, Hash, Instant, MemberId, PersonRef, Reason, Uuid } from './common'
import { Check, Drift, LossBound, OperationPlan, SwitchoverPlan } from './plans'

export const PreviewSwitchover = z.strictObject({
  cellId: CellId,
  targetMember: MemberId.optional(),
  /** "Try planned, then stop and ask": part of the plan, so that the approvers read it. */
  thenAsk: Flag.optional(),
})
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

/** Asks for what a dry run showed, of any kind. */
export const RequestOperation = z.strictObject({
  kind: z.enum(Object.keys(operationKinds) as [OperationKind, ...OperationKind[]]),
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
export type RequestOperation = z.infer<typeof RequestOperation>

export const RequestRef = z.strictObject({ id: Uuid })
export const DecideRequest = z.strictObject({ id: Uuid, planHash: Hash, reason: Reason })
export type DecideRequest = z.infer<typeof DecideRequest>
/** A yes also names every rule that the plan overrides: each is confirmed by itself. */
export const ApproveRequest = DecideRequest.extend({
  confirmedOverrides: z.array(z.string().max(100)).max(20).default([]),
})

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
  /** It skipped its quorum and is reviewed afterwards. */
  isBreakGlass: z.boolean(),
})
export type RequestSummary = z.infer<typeof RequestSummary>

/** "I am looking at it": gives no right and takes none away. */
export const ClaimView = z.object({ person: PersonRef, claimedAt: Instant, until: Instant })
const RequestLink = z.object({ id: Uuid, code: z.string() })

export const RequestDetail = RequestSummary.extend({
  planHash: Hash,
  plan: OperationPlan,
  incidentRef: z.string().nullable(),
  checks: z.array(Check),
  drift: z.array(Drift),
  /** Who may still decide, as many as a page can name, and why the viewer may not (null when they may). */
  approvers: z.array(PersonRef),
  hasMoreApprovers: z.boolean(),
  whyNotYou: z.string().nullable(),
  /** Who is looking at it now. */
  claims: z.array(ClaimView),
  /** The voided request that this one asks again, and the one that asks this one again. */
  supersedes: RequestLink.nullable(),
  supersededBy: RequestLink.nullable(),
  /** Null when the last proof of the second factor is too old: approving asks for it first. */
  steppedUpUntil: Instant.nullable(),
  ifNobodyActs: z.string(),
  undoUntilStep: z.string(),
  /** What people would do without the console, in commands; null where it can wait for the console. */
  manualCommand: z.string().nullable(),
})
export type RequestDetail = z.infer<typeof RequestDetail>

export const RequestFilter = z.strictObject({ status: z.enum(['waiting', 'decided', 'all']).default('all') })

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
  /** Its request skipped its quorum. */
  isBreakGlass: z.boolean(),
})
export type OperationSummary = z.infer<typeof OperationSummary>

/** What the operation measured about itself. Nulls were not measurable; `basis` says from what the pause was measured. */
export const OperationReport = z.object({
  /** Between two acknowledgements that writers had; null where they reported none of both epochs. */
  writePauseMs: z.number().nullable(),
  /** Only where no writer measured the pause: when the gate was open, by the catalog's clock; from what on, `basis` says. */
  gateOpenMs: z.number().nullable().optional(),
  usualGapMs: z.number().nullable(),
  /** What the write pause, or the time until the gate was open, was measured by. */
  basis: z.string(),
  rtoMs: z.number().nullable(),
  /** What the recovery time was measured by, where it is not what `basis` says. */
  rtoBasis: z.string().optional(),
  /** Forced failovers only: from the first sign of the failure, where `rtoMs` counts from the approval. */
  rtoFromFailureMs: z.number().nullable().optional(),
  rpo: LossBound,
  lastAckOldEpochAt: Instant.nullable(),
  firstAckNewEpochAt: Instant.nullable(),
  /** Drills only: what was measured, held against what the cell promises. A null is not known, and not met. */
  objectives: z.object({ rtoMs: z.int(), rpoMs: z.int() }).optional(),
  met: z.object({ rto: z.boolean().nullable(), rpo: z.boolean().nullable() }).optional(),
  /** Drills on a clone only: how much of the time went into copying, which a failover would not spend. */
  copyMs: z.number().optional(),
})
export type OperationReport = z.infer<typeof OperationReport>

/** What a forced failover left behind: the loss as it was estimated, and as it was counted once the server was read out. */
const LeftBehind = z.object({
  id: Uuid,
  member: z.string(),
  status: z.string(),
  lossSecondsEstimate: z.number().nullable(),
  lossSecondsActual: z.number().nullable(),
  lostWriteCount: z.int().nullable(),
})

export const OperationDetail = OperationSummary.extend({
  requestId: Uuid.nullable(),
  planHash: Hash,
  plan: OperationPlan,
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
  /**
   * It went back, but the old primary did not answer and could not be opened again: the epoch at which the catalog names it
   * closed since. Null: it was not left so, or something else has taken the scope since.
   */
  leftClosedAtEpoch: z.string().nullable(),
  abortRequestedAt: Instant.nullable(),
  pauseRequestedAt: Instant.nullable(),
  approvals: z.array(ApprovalView),
  report: OperationReport.nullable(),
  staleServer: LeftBehind.nullable(),
  /** Who started it without its quorum, why, and whether another person has reviewed that; null: its quorum agreed. */
  breakGlass: z.object({ person: PersonRef, reason: z.string(), reviewedAt: Instant.nullable() }).nullable(),
  acknowledgement: z.object({ person: PersonRef, note: z.string(), at: Instant }).nullable(),
  serverNow: Instant,
})
export type OperationDetail = z.infer<typeof OperationDetail>

export const OperationRef = z.strictObject({ id: Uuid })
export const ControlOperation = z.strictObject({ id: Uuid, reason: Reason })
export const AcknowledgeOperation = z.strictObject({ id: Uuid, note: Reason })
export const OperationFilter = z.strictObject({
  status: z.enum(['active', 'ended', 'all']).default('all'),
  scope: z.string().optional(),
})
