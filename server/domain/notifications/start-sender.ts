import { setTimeout as wait } from 'node:timers/promises'
import type { OutgoingAddress, SendMessage, SendOutcome } from '@/model/outgoing-message'
import { type Db, isUnreachable } from '@/server/db'
import { log } from '@/server/log'
import { composeMessage, type Surroundings } from './compose-message'
import { SEND_EVERY_MS, SEND_TIMEOUT_MS, SENDS_CONCURRENT_MAX } from './limits'
import { recordOutcome } from './record-outcome'
import { type Party, takeDeliveries } from './take-deliveries'

export type SenderDeps = Surroundings & {
  db: Db
  send: SendMessage
  /** The secret behind a channel's reference; throws with a sentence that names the reference alone. */
  readSecret: (ref: string) => Promise<string>
  signal: AbortSignal
  /** For tests, which cannot wait that long. */
  timing?: { everyMs: number; timeoutMs: number; leaseMs: number }
}

/**
 * Sends what is due until `signal` aborts. Any number of workers may run it. At most one message is on its way to a channel
 * here at a time, so a receiver that hangs delays its own news and nobody else's.
 */
export function startSender(deps: SenderDeps): { done: Promise<void> } {
  return { done: run(deps) }
}

async function run(deps: SenderDeps): Promise<void> {
  const onTheirWay = new Map<string, Promise<void>>()
  while (!deps.signal.aborted) {
    const party = await nextParty(deps, [...onTheirWay.keys()])
    if (!party) {
      await wait(deps.timing?.everyMs ?? SEND_EVERY_MS, undefined, { signal: deps.signal }).catch(() => {})
      continue
    }
    const { id } = party.channel
    const sending = sendParty(deps, party).finally(() => onTheirWay.delete(id))
    onTheirWay.set(id, sending)
    if (onTheirWay.size >= SENDS_CONCURRENT_MAX) await Promise.race(onTheirWay.values())
  }
  await Promise.all(onTheirWay.values())
}

async function nextParty({ db, timing }: SenderDeps, busyChannelIds: string[]): Promise<Party | null> {
  try {
    const taken = await takeDeliveries(db, { busyChannelIds, ...(timing && { leaseMs: timing.leaseMs }) })
    return taken.kind === 'party' ? taken.party : null
  } catch (error) {
    if (!isUnreachable(error)) log.error({ err: error }, 'Deliveries could not be taken; trying again.')
    return null
  }
}

async function sendParty(deps: SenderDeps, party: Party): Promise<void> {
  const { db, signal, timing } = deps
  const outcome = await attempt(deps, party, { timeoutMs: timing?.timeoutMs ?? SEND_TIMEOUT_MS, signal })
  try {
    await recordOutcome(db, party, outcome)
  } catch (error) {
    log.warn({ err: error, channel: party.channel.id }, 'The outcome of a delivery was not recorded; it is sent again.')
  }
}

async function attempt(
  deps: SenderDeps,
  party: Party,
  call: { timeoutMs: number; signal: AbortSignal },
): Promise<SendOutcome> {
  try {
    const { kind, target, secretRef } = party.channel
    const secret = secretRef ? await deps.readSecret(secretRef) : null
    const to: OutgoingAddress = { kind, target, secret }
    return await deps.send(to, composeMessage(party, deps), call)
  } catch (error) {
    const says = error instanceof Error ? error.message : 'It could not be prepared.'
    return { kind: 'failed', says, responseCode: null, isFinal: false, retryAfterMs: null }
  }
}
