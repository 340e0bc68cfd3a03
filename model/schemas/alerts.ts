import { z } from 'zod'
import { Instant, PersonRef, Reason, Uuid } from './common'

export const alertSeverities = ['critical', 'warning'] as const
export type AlertSeverity = (typeof alertSeverities)[number]

/** What a person must know now, by name. An alert of a later version is shown by its kind rather than hidden. */
export const alertKinds = {
  'two-writers': 'Two writers',
  'writer-in-trouble': 'Writer in trouble',
  'undecided-conflicts': 'Unreplicated writes wait for a decision',
} as const
export type AlertKind = keyof typeof alertKinds

/** Where one server of a cell stood when two of them took writes. Positions of different timelines are not compared. */
export const WriterPosition = z.object({
  member: z.string(),
  region: z.string(),
  systemIdentifier: z.string(),
  timeline: z.int(),
  lsn: z.string(),
  /** Null: it has no gate at all. */
  epoch: z.string().nullable(),
  gate: z.string(),
  lastHeartbeatAt: Instant.nullable(),
  observedAt: Instant,
  frozen: z.string(),
})
export type WriterPosition = z.infer<typeof WriterPosition>

/** Kept as they were when the alert was raised. `wayOut`: what a person runs or opens to end it. */
export const AlertFacts = z.object({
  writers: z.array(WriterPosition).optional(),
  wayOut: z.array(z.string()).optional(),
  path: z.string().optional(),
  count: z.int().optional(),
})
export type AlertFacts = z.infer<typeof AlertFacts>

export const AlertView = z.object({
  id: Uuid,
  kind: z.string(),
  title: z.string(),
  severity: z.enum(alertSeverities),
  scope: z.string().nullable(),
  cellId: z.string().nullable(),
  says: z.string(),
  facts: AlertFacts,
  raisedAt: Instant,
  lastSeenAt: Instant,
  acknowledgedAt: Instant.nullable(),
  acknowledgedBy: PersonRef.nullable(),
  acknowledgement: z.string().nullable(),
  resolvedAt: Instant.nullable(),
})
export type AlertView = z.infer<typeof AlertView>

export const AlertFilter = z.strictObject({ status: z.enum(['open', 'all']).default('open') })
export const AcknowledgeAlert = z.strictObject({ id: Uuid, note: Reason })
