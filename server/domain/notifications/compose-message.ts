import { invariant } from '@/model/invariant'
import type { OutgoingMessage } from '@/model/outgoing-message'
import { ITEMS_SHOWN_MAX } from './limits'
import type { Party } from './take-deliveries'

export type Surroundings = { environment: string; consoleUrl: string }

/** The one text with the environment before it and the link after it. Pure. */
export function composeMessage(
  { deliveries, attempts }: Party,
  { environment, consoleUrl }: Surroundings,
): OutgoingMessage {
  const [lead] = deliveries
  invariant(lead, 'A party has at least one delivery.')
  const count = deliveries.length
  const text = count === 1 ? lead.text : `${count} of one cause: ${lead.text}`
  return {
    deliveryId: lead.deliveryId,
    attempt: attempts,
    topic: lead.topic,
    text: `[${environment}] ${text}`,
    url: new URL(lead.path, consoleUrl).href,
    objectId: lead.objectId,
    occurredAt: lead.createdAt.toISOString(),
    facts: Object.fromEntries(Object.entries(lead.body).map(([name, value]) => [snakeCase(name), value])),
    items: count === 1 ? [] : deliveries.slice(0, ITEMS_SHOWN_MAX).map(({ objectId, text }) => ({ objectId, text })),
    count,
  }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
