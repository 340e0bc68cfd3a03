import { z } from 'zod'

// What the fleet answers, in process and over its control API alike. One definition, so that both sides agree.

/** What is known of a server's power. `frozen`: its postmaster is stopped (SIGSTOP), which an outsider sees as silence. */
export const Power = z.enum(['on', 'off', 'frozen'])
export type Power = z.infer<typeof Power>

export const PowerAction = z.enum(['kill', 'stop', 'freeze', 'start'])
export type PowerAction = z.infer<typeof PowerAction>

export const LinkAction = z.enum(['cut', 'black-hole', 'heal', 'lag'])
export type LinkAction = z.infer<typeof LinkAction>

/** The fleet's word on what it did to a server. */
export const PowerReceipt = z.object({
  member: z.string(),
  action: PowerAction,
  /** The postmaster acted on; null when there was nothing to act on. */
  pid: z.number().nullable(),
  power: Power,
  /** ISO 8601, by this machine's clock. */
  at: z.string(),
  /** How it went, in a sentence. */
  says: z.string(),
})
export type PowerReceipt = z.infer<typeof PowerReceipt>

/** The fleet's word on a padlock: `free` when it was taken off. */
export const LockoutReceipt = z.object({
  member: z.string(),
  operationId: z.string(),
  state: z.enum(['off', 'closed', 'free']),
  wasOn: z.boolean(),
  /** ISO 8601, by this machine's clock: when the last of its processes was seen dead. */
  offAt: z.string().nullable(),
  pid: z.number().nullable(),
  killedCount: z.number(),
  says: z.string(),
})
export type LockoutReceipt = z.infer<typeof LockoutReceipt>
export const LockoutAction = z.enum(['power-off', 'bring-back-closed', 'release'])
export type LockoutAction = z.infer<typeof LockoutAction>

/** A throw-away copy of a standby, promoted. Its passwords are those of the cell. */
export const CloneReceipt = z.object({
  operationId: z.string(),
  /** The server it is a copy of. */
  of: z.string(),
  /** What it calls itself in its cluster_name: no gate was ever opened for this name. */
  name: z.string(),
  region: z.string(),
  host: z.string(),
  port: z.number(),
  appDsn: z.string(),
  adminDsn: z.string(),
  sizeBytes: z.number(),
  durationMs: z.number(),
})
export type CloneReceipt = z.infer<typeof CloneReceipt>

export const RebuildReceipt = z.object({
  member: z.string(),
  action: z.literal('rebuild'),
  operationId: z.string(),
  source: z.string(),
  pid: z.number(),
  at: z.string(),
  systemIdentifier: z.string(),
  timeline: z.number(),
  startLsn: z.string(),
  stopLsn: z.string(),
  sizeBytes: z.number(),
  durationMs: z.number(),
})
export type RebuildReceipt = z.infer<typeof RebuildReceipt>

export const LinkState = z.enum(['up', 'cut', 'black-hole'])
export type LinkState = z.infer<typeof LinkState>

/** One direction between two regions. `delayMs` is one way and holds the added `lagMs`. */
export const LinkStatus = z.object({
  from: z.string(),
  to: z.string(),
  delayMs: z.number(),
  lagMs: z.number(),
  state: LinkState,
})
export type LinkStatus = z.infer<typeof LinkStatus>

/** How a region reaches a member across the links. */
export const RelayStatus = z.object({ from: z.string(), member: z.string(), host: z.string(), port: z.number() })
export type RelayStatus = z.infer<typeof RelayStatus>

/** What the server itself says it is; `unknown` when it could not be asked. */
export const ObservedRole = z.enum(['primary', 'standby', 'catalog', 'unknown'])
export type ObservedRole = z.infer<typeof ObservedRole>

export const MemberStatus = z.object({
  name: z.string(),
  cell: z.string(),
  region: z.string(),
  role: ObservedRole,
  host: z.string(),
  port: z.number(),
  pid: z.number().nullable(),
  power: Power,
  /** Why its last start failed; null when it did not. */
  fault: z.string().nullable(),
  appDsn: z.string(),
  adminDsn: z.string(),
})
export type MemberStatus = z.infer<typeof MemberStatus>

export const FleetStatus = z.object({
  members: z.array(MemberStatus),
  links: z.array(LinkStatus),
  relays: z.array(RelayStatus),
})
export type FleetStatus = z.infer<typeof FleetStatus>

export const PowerOrder = z.strictObject({ only: z.literal('postmaster').optional() })
export const RebuildOrder = z.strictObject({ source: z.string().min(1), operationId: z.string().min(1).max(200) })
export type RebuildOrder = z.infer<typeof RebuildOrder>
/** Names the operation that asks; for padlocks and clones. */
export const OperationOrder = z.strictObject({ operationId: z.string().min(1).max(200) })
/** The one-way delay past which a link is better cut. */
export const LAG_MS_MAX = 60_000
export const LagOrder = z.strictObject({ ms: z.number().min(0).max(LAG_MS_MAX) })
