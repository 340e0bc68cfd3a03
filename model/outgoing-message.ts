import type { Json } from './canonical-json'

/** A message as it leaves the console, the same for every channel; `server/notify` knows how each kind travels. */
export type OutgoingMessage = {
  /** Stays the same over all attempts: whoever receives one twice knows it by this. */
  deliveryId: string
  attempt: number
  topic: string
  /** "[PROD] Approve FORCED failover …": everything but the link. */
  text: string
  url: string
  objectId: string
  occurredAt: string
  /** Facts for machines; names in snake case. */
  facts: { readonly [name: string]: Json }
  /** What a grouped message stands for, the first ones of them; empty for a single one. */
  items: readonly { objectId: string; text: string }[]
  /** How many news are in it. */
  count: number
}

export type OutgoingAddress = { kind: string; target: string; secret: string | null }

/** `isFinal`: trying again cannot help. `says` never repeats what the receiver answered: it may be anything. */
export type SendOutcome =
  | { kind: 'delivered'; responseCode: number | null; says: string | null }
  | { kind: 'failed'; responseCode: number | null; says: string; isFinal: boolean; retryAfterMs: number | null }

export type SendMessage = (
  to: OutgoingAddress,
  message: OutgoingMessage,
  call: { timeoutMs: number; signal: AbortSignal },
) => Promise<SendOutcome>
