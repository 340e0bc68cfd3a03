import { z } from 'zod'
import { permissions, roles } from '../permissions'
import { Instant, Uuid } from './common'

export const Me = z.object({
  personId: Uuid,
  name: z.string(),
  email: z.string(),
  roles: z.array(z.enum(roles)),
  permissions: z.array(z.enum(Object.keys(permissions) as [keyof typeof permissions, ...(keyof typeof permissions)[]])),
  steppedUpUntil: Instant.nullable(),
  hasSecondFactor: z.boolean(),
  passkeyCount: z.int(),
  /** Why nobody can have a passkey on this console; null when they can. */
  whyNoPasskeys: z.string().nullable(),
})
export type Me = z.infer<typeof Me>

export const StepUp = z.strictObject({ code: z.string().regex(/^\d{6}$/, 'The code has six digits.') })

/** Banner facts that every page needs. */
export const ShellFacts = z.object({
  servedFrom: z.string(),
  environment: z.enum(['PROD', 'STAGE', 'DEMO']),
  approvalsWaiting: z.int(),
  serverNow: Instant,
})
export type ShellFacts = z.infer<typeof ShellFacts>

/** What the live stream carries: names of what changed, never values. `resync` asks for everything to be fetched again. */
export const LiveEvent = z.object({
  topic: z.enum(['estate', 'routes', 'operations', 'approvals', 'telemetry', 'audit', 'resync']),
  ids: z.array(z.string()),
})
export type LiveEvent = z.infer<typeof LiveEvent>
