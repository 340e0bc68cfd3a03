import { z } from 'zod'
import { type StaleState, staleStates } from '../stale-states'
import { fenceStrengths } from '../states'
import { CellId, Hash, Instant, Reason, Uuid } from './common'
import { Check, LossBound, ReinstatementPlan } from './plans'

const states = Object.keys(staleStates) as [StaleState, ...StaleState[]]
const strengths = Object.keys(fenceStrengths) as [keyof typeof fenceStrengths, ...(keyof typeof fenceStrengths)[]]

export const StaleServerFilter = z.strictObject({ status: z.enum(['open', 'all']).default('all') })
export const StaleServerRef = z.strictObject({ id: Uuid })

/**
 * Counted from the newest heartbeat that came over. `estimateSeconds`: at the most, as measured when the target was drained.
 * `actualSeconds`: at the least, by the newest heartbeat that only the old server holds. Null is not known, never zero.
 */
export const LossPair = z.object({ estimateSeconds: z.number().nullable(), actualSeconds: z.number().nullable() })

export const StaleServerSummary = z.object({
  id: Uuid,
  cellId: CellId,
  member: z.string(),
  region: z.string(),
  status: z.enum(states),
  says: z.string().nullable(),
  /** The last epoch at which it was the writer, and the one at which its gate must stand closed. */
  epoch: z.string(),
  fencedEpoch: z.string(),
  leftAt: Instant,
  lostWriteCount: z.int().nullable(),
  openConflictCount: z.int(),
  loss: LossPair,
})
export type StaleServerSummary = z.infer<typeof StaleServerSummary>

const OperationLink = z.object({ id: Uuid, code: z.string(), kind: z.string(), status: z.string() })

export const StaleServerDetail = StaleServerSummary.extend({
  newPrimary: z.string(),
  activeMember: z.string(),
  activeEpoch: z.string(),
  systemIdentifier: z.string().nullable(),
  divergence: z.object({ timeline: z.int().nullable(), lsn: z.string().nullable() }),
  /** How it was fenced when it was left behind; null: the journal holds no receipt. */
  fence: z.object({ strength: z.enum(strengths), says: z.string(), takenAt: Instant }).nullable(),
  failover: OperationLink.nullable(),
  /** Newest first: what closed and read it, and what rebuilt it. */
  operations: z.array(OperationLink),
  returnedAt: Instant.nullable(),
  closedAt: Instant.nullable(),
  extractedAt: Instant.nullable(),
  /** When it was a standby again; of one that is lost: when it was found to be one without having been read out. */
  rebuiltAt: Instant.nullable(),
  /** From its first answer to its closed gate; null while that is not so. */
  openForMs: z.number().nullable(),
  /** What the plan named as the most; null: the plan is no longer readable. */
  estimate: LossBound.pick({ kind: true, seconds: true, transactions: true, bytes: true, basis: true }).nullable(),
  /** The bound once the target was drained. */
  measured: z.object({ seconds: z.number().nullable(), basis: z.string().nullable() }),
  /** Log that it holds beyond the place where the logs part; null: not read out, or not comparable. */
  logBytes: z.string().nullable(),
  tenants: z.array(
    z.object({
      tenantId: Uuid.nullable(),
      name: z.string().nullable(),
      lostCount: z.int(),
      openConflictCount: z.int(),
    }),
  ),
  tables: z.array(z.object({ table: z.string(), lostCount: z.int() })),
  /** Why it cannot be brought back by a person now; null when it can. */
  whyNotBringBack: z.string().nullable(),
  /** Why its rebuild cannot be asked for now; null when it can. */
  whyNotReinstate: z.string().nullable(),
})
export type StaleServerDetail = z.infer<typeof StaleServerDetail>

export const LedgerFilter = z.strictObject({
  id: Uuid,
  tenantId: Uuid.optional(),
  table: z.string().max(200).optional(),
  after: Uuid.optional(),
  limit: z.int().min(1).max(500).default(100),
})
export type LedgerFilter = z.infer<typeof LedgerFilter>

export const LedgerRow = z.object({
  id: Uuid,
  tenantId: Uuid.nullable(),
  tenantName: z.string().nullable(),
  table: z.string(),
  key: z.string(),
  change: z.enum(['insert', 'update', 'delete']),
  columns: z.array(z.string()),
  xid: z.string().nullable(),
  theirsHash: z.string().nullable(),
  oursHash: z.string().nullable(),
  conflictId: Uuid.nullable(),
  decision: z.string().nullable(),
  foundAt: Instant,
})
export type LedgerRow = z.infer<typeof LedgerRow>

export const LedgerPage = z.object({ writes: z.array(LedgerRow), totalCount: z.int(), next: Uuid.nullable() })
export type LedgerPage = z.infer<typeof LedgerPage>

export const ExportLedger = z.strictObject({ id: Uuid, format: z.enum(['csv', 'json']) })
export const ExportedLedger = z.object({
  fileName: z.string(),
  mediaType: z.string(),
  body: z.string(),
  sha256: Hash,
  rowCount: z.int(),
  isComplete: z.boolean(),
})
export type ExportedLedger = z.infer<typeof ExportedLedger>

export const BringBack = z.strictObject({ id: Uuid, reason: Reason })

export const ReinstatementPreview = z.object({
  staleServerId: Uuid,
  checks: z.array(Check),
  /** Null when a check did not pass. */
  plan: ReinstatementPlan.nullable(),
  planHash: Hash.nullable(),
  previewedAt: Instant,
  validUntil: Instant,
})
export type ReinstatementPreview = z.infer<typeof ReinstatementPreview>
