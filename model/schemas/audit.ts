import { z } from 'zod'
import { Hash, Instant, Uuid } from './common'

/** Decimal text that fits a 64-bit integer. */
const SequenceNumber = z.string().regex(/^\d{1,18}$/, 'Use a sequence number of at most 18 digits.')

export const AuditFilter = z.strictObject({
  actor: z.string().max(100).optional(),
  action: z.string().max(100).optional(),
  scope: z.string().max(100).optional(),
  correlation: z.string().max(100).optional(),
  from: Instant.optional(),
  to: Instant.optional(),
  /** Continue below this sequence number. */
  cursor: SequenceNumber.optional(),
  limit: z.int().min(1).max(200).default(50),
})
export type AuditFilter = z.infer<typeof AuditFilter>

export const AuditRow = z.object({
  /** Null: committed, not yet given its place in the order. */
  seq: z.string().nullable(),
  id: Uuid,
  occurredAt: Instant,
  recordedAt: Instant,
  action: z.string(),
  says: z.string(),
  /** A person's id, or the name of a worker or service. Names of persons are not in the trail itself. */
  actor: z.string(),
  actorName: z.string(),
  actorKind: z.string(),
  aggregateType: z.string(),
  aggregateId: Uuid,
  scope: z.string().nullable(),
  epoch: z.string().nullable(),
  homeRegion: z.string(),
  correlationId: z.string().nullable(),
  causationId: z.string().nullable(),
  payloadHash: Hash,
  chainHash: Hash.nullable(),
  body: z.string(),
})
export type AuditRow = z.infer<typeof AuditRow>

export const AuditPage = z.object({ rows: z.array(AuditRow), nextCursor: z.string().nullable() })
export type AuditPage = z.infer<typeof AuditPage>

/** Result of walking the chain from the start. `firstBadSeq` names the first event that does not verify. */
export const ChainStatus = z.object({
  intact: z.boolean().nullable(),
  checkedCount: z.int(),
  lastSeq: z.string().nullable(),
  firstBadSeq: z.string().nullable(),
  says: z.string(),
  checkedAt: Instant.nullable(),
  inboxCount: z.int(),
})
export type ChainStatus = z.infer<typeof ChainStatus>

/** A bundle that `npm run verify -- FILE` checks with no database and no network. */
export const AUDIT_BUNDLE_FORMAT = 'homeport-audit-bundle'
export const AuditBundle = z.object({
  format: z.literal(AUDIT_BUNDLE_FORMAT),
  version: z.literal(1),
  exportedAt: Instant,
  firstSeq: z.string(),
  lastSeq: z.string(),
  /** Chain hash just before the first event: 64 zeros when the bundle starts at the beginning. */
  previousChainHash: Hash,
  events: z.array(z.object({ seq: z.string(), body: z.string(), leafHash: Hash, chainHash: Hash })),
})
export type AuditBundle = z.infer<typeof AuditBundle>

export const ExportAudit = z.strictObject({
  fromSeq: SequenceNumber.default('1'),
  toSeq: SequenceNumber.optional(),
})
