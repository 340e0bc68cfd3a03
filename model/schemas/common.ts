import { z } from 'zod'
import { lagStates, probeOutcomes, statuses } from '../observations'
import { REASON_CHARS_MAX, REASON_CHARS_MIN } from '../reason'

/** Shapes shared by every noun. Instants travel as ISO 8601 UTC text, 64-bit numbers as decimal text. */

/** What a call takes that takes nothing: even that refuses a field it does not know. */
export const NoInput = z.strictObject({}).optional()

/** Yes or no in an input. Over REST a bare `z.boolean()` would take any text for true, "false" among them. */
export const Flag = z
  .union([z.boolean(), z.enum(['true', 'false'])], { error: 'Say true or false.' })
  .transform((said) => said === true || said === 'true')

export const Instant = z.iso.datetime()
export const Uuid = z.uuid()
export const RegionCode = z.string().regex(/^[a-z]{2}-[a-z]+-\d$/, 'Use a region code such as eu-west-1.')
export const CellId = z.string().regex(/^[a-z][a-z0-9-]{1,30}$/, 'Use a cell id such as sin.')
export const MemberId = z.string().regex(/^[a-z][a-z0-9-]{1,40}$/, 'Use a member id such as sin-1.')
export const Hash = z.string().regex(/^[0-9a-f]{64}$/, 'Use the full SHA-256 in lower-case hex.')
export const Reason = z
  .string()
  .trim()
  .min(REASON_CHARS_MIN, 'Give a reason: it goes into the audit trail.')
  .max(REASON_CHARS_MAX, 'Keep the reason under 500 characters.')

/**
 * How a number is known. `observedAt` null means it was never seen; the reader derives fresh, stale or last-known from
 * the age and `intervalMs` (model/observations.ts). `vantage` is the region it was seen from.
 */
export const Seen = z.object({
  observedAt: Instant.nullable(),
  vantage: z.string().nullable(),
  intervalMs: z.int(),
})
export type Seen = z.infer<typeof Seen>

export const Status = z.enum(statuses)
export const ProbeOutcomeSchema = z.enum(probeOutcomes)
export const LagStateSchema = z.enum(lagStates)

/** p50, p95 and p99 of a merged histogram in ms; null where there is no sample. `count` is the number of samples. */
export const Percentiles = z.object({
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  maxMs: z.number().nullable(),
  count: z.int(),
})
export type Percentiles = z.infer<typeof Percentiles>

/** A series for a chart: a null value is a gap and is drawn as one. */
export const SeriesPoint = z.object({ at: Instant, value: z.number().nullable() })
export type SeriesPoint = z.infer<typeof SeriesPoint>

export const PersonRef = z.object({ id: Uuid, name: z.string() })
