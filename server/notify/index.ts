import type { SendMessage } from '@/model/outgoing-message'
import { failed } from './outcome'
import { type MailServer, sendEmail } from './send-email'
import { sendWebhook, type WebhookRules } from './send-webhook'

/**
 * How a message travels: webhooks and mail. Invariants: every call has a deadline; nothing is followed, guessed or repeated
 * here; an address is judged again at the moment it is connected to; what a receiver answers is bounded and never stored. It
 * knows neither the catalog nor what a message is about.
 */
export type NotifyConfig = WebhookRules & { mail: MailServer | null }

export function createSender({ mail, ...rules }: NotifyConfig): SendMessage {
  return async (to, message, call) => {
    if (to.kind === 'webhook') return sendWebhook(to, message, rules, call)
    if (to.kind === 'email') return sendEmail(to, message, mail, call)
    return failed(`Nobody knows how to reach a channel of the kind ${to.kind}.`, { isFinal: true })
  }
}

export { type MailServer, parseMailServer } from './send-email'
