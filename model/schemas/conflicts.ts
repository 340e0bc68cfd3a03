import { z } from 'zod'
import { type ConflictState, conflictStates } from '../conflict-states'
import { Instant, PersonRef, Reason, Uuid } from './common'

/** The row of the former primary, the row of the new one, or both. Homeport records the word and writes nothing there. */
export const conflictDecisions = {
  KEEP_THEIRS: 'Keep theirs',
  KEEP_OURS: 'Keep ours',
  KEEP_BOTH: 'Keep both',
} as const
export type ConflictDecision = keyof typeof conflictDecisions
const decisions = Object.keys(conflictDecisions) as [ConflictDecision, ...ConflictDecision[]]

export type { ConflictState }

export const DECIDE_AT_ONCE_MAX = 500

export const ConflictFilter = z.strictObject({
  status: z.enum(['open', 'decided', 'all']).default('open'),
  staleServerId: Uuid.optional(),
  tenantId: Uuid.optional(),
  table: z.string().max(200).optional(),
  /** Go on after this case, in the order of detection. */
  after: Uuid.optional(),
  limit: z.int().min(1).max(DECIDE_AT_ONCE_MAX).default(100),
})
export type ConflictFilter = z.infer<typeof ConflictFilter>

export const ConflictRow = z.object({
  id: Uuid,
  status: z.enum(conflictStates),
  decision: z.enum(decisions).nullable(),
  tenantId: Uuid,
  /** Null where the row belongs to no tenant that the catalog knows. */
  tenantName: z.string().nullable(),
  table: z.string(),
  /** Primary key as canonical JSON text. */
  key: z.string(),
  change: z.enum(['insert', 'update', 'delete']),
  /** Names of the columns that differ; their values stay in the cell. */
  columns: z.array(z.string()),
  localVersion: z.string().nullable(),
  remoteVersion: z.string().nullable(),
  homeRegion: z.string(),
  conflictingRegion: z.string(),
  detectedAt: Instant,
  staleServerId: Uuid.nullable(),
})
export type ConflictRow = z.infer<typeof ConflictRow>

export const ConflictPage = z.object({
  cases: z.array(ConflictRow),
  openCount: z.int(),
  decidedCount: z.int(),
  next: Uuid.nullable(),
})
export type ConflictPage = z.infer<typeof ConflictPage>

export const ConflictDetail = ConflictRow.extend({
  theirsHash: z.string().nullable(),
  oursHash: z.string().nullable(),
  xid: z.string().nullable(),
  resolvedAt: Instant.nullable(),
  decidedBy: PersonRef.nullable(),
  note: z.string().nullable(),
  /** The former primary, and the server that holds both rows in homeport.unreplicated_write. */
  staleMember: z.string().nullable(),
  heldBy: z.string().nullable(),
  /** One line for psql on that server that shows both rows; null where the row is not in a ledger. */
  readCommand: z.string().nullable(),
})
export type ConflictDetail = z.infer<typeof ConflictDetail>

export const ConflictRef = z.strictObject({ id: Uuid })

/** One word and one note for a selection. What somebody else has decided meanwhile stays as they decided it. */
export const DecideConflicts = z.strictObject({
  ids: z.array(Uuid).min(1).max(DECIDE_AT_ONCE_MAX),
  decision: z.enum(decisions),
  note: Reason,
})
export type DecideConflicts = z.infer<typeof DecideConflicts>
export const ConflictsDecided = z.object({ decidedCount: z.int(), alreadyDecided: z.array(Uuid) })
