import { z } from 'zod'
import { Instant, PersonRef, Uuid } from './common'
import { RequestOperation } from './operations'
import { Override } from './plans'

/** As a request of the same plan, with a reason that says what could not wait for a second person. */
export const StartBreakGlass = RequestOperation.omit({ kind: true }).extend({
  reason: z
    .string()
    .trim()
    .min(20, 'Say in a sentence why this cannot wait for another person.')
    .max(500, 'Keep the reason under 500 characters.'),
})
export type StartBreakGlass = z.infer<typeof StartBreakGlass>

/** `operationId`: null while another person has to attest what the plan declares. */
export const BreakGlassStarted = z.object({ requestId: Uuid, code: z.string(), operationId: Uuid.nullable() })

export const ReviewBreakGlass = z.strictObject({
  id: Uuid,
  review: z
    .string()
    .trim()
    .min(20, 'Say what you looked at and what you found.')
    .max(2_000, 'Keep the review under 2,000 characters.'),
})
export type ReviewBreakGlass = z.infer<typeof ReviewBreakGlass>

export const BreakGlassFilter = z.strictObject({ status: z.enum(['open', 'all']).default('open') })

export const BreakGlassView = z.object({
  id: Uuid,
  requestId: Uuid,
  code: z.string(),
  operationId: Uuid.nullable(),
  title: z.string(),
  scope: z.string(),
  person: PersonRef,
  reason: z.string(),
  /** What was skipped or overridden, each with its own reason; the quorum is the first. */
  rules: z.array(Override),
  startedAt: Instant,
  /** What no worker had begun by then did not begin. */
  expiresAt: Instant,
  reviewedAt: Instant.nullable(),
  reviewedBy: PersonRef.nullable(),
  review: z.string().nullable(),
  /** Null when the viewer may review it. */
  whyNotYou: z.string().nullable(),
})
export type BreakGlassView = z.infer<typeof BreakGlassView>
