import { z } from 'zod'
import { holdKinds, holdLevels, type HoldKind as Kind, type HoldLevel as Level } from '../hold-kinds'
import { Instant, PersonRef, Reason, Uuid } from './common'

const HoldKind = z.enum(Object.keys(holdKinds) as [Kind, ...Kind[]])
const HoldLevel = z.enum(Object.keys(holdLevels) as [Level, ...Level[]])

export const PlaceHold = z.strictObject({
  kind: HoldKind,
  level: HoldLevel,
  /** A region code, a cell id, or a tenant's id. */
  subject: z.string().trim().min(1).max(100),
  reason: Reason,
  /** Left out: until somebody releases it. */
  endsAt: Instant.optional(),
})
export type PlaceHold = z.infer<typeof PlaceHold>

export const ReleaseHold = z.strictObject({ id: Uuid, reason: Reason })
export const HoldFilter = z.strictObject({ status: z.enum(['active', 'all']).default('active') })

export const HoldView = z.object({
  id: Uuid,
  kind: HoldKind,
  level: HoldLevel,
  subject: z.string(),
  /** What people call it: a tenant's name where the subject is its id. */
  subjectName: z.string(),
  reason: z.string(),
  placedBy: PersonRef,
  placedAt: Instant,
  endsAt: Instant.nullable(),
  /** `ended`: its time is over. By the catalog's clock. */
  state: z.enum(['active', 'ended', 'released']),
  releasedAt: Instant.nullable(),
  releasedBy: PersonRef.nullable(),
  releaseReason: z.string().nullable(),
})
export type HoldView = z.infer<typeof HoldView>
