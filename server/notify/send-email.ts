import { isIP } from 'node:net'
import { createTransport } from 'nodemailer'
import { joinSignals } from '@/model/join-signals'
import type { OutgoingAddress, OutgoingMessage, SendOutcome } from '@/model/outgoing-message'
import { delivered, failed } from './outcome'

export type MailServer = {
  host: string
  port: number
  /** TLS from the first byte; otherwise STARTTLS is insisted on, but towards this very machine. */
  isImplicitTls: boolean
  auth: { user: string; pass: string } | null
  from: string
  /** Certificates to trust instead of the usual ones, as PEM. */
  ca?: string
}

const PORTS = { 'smtps:': 465, 'smtp:': 587 } as const
const ANSWER_BYTES_MAX = 64 * 1024
const SUBJECT_CHARS_MAX = 180
/** A server that greylists asks to come back; the usual time is five minutes. */
const GREYLIST_RETRY_MS = 60_000

/** `smtps://user:password@host:465` or `smtp://host:587`. Null for anything else. */
export function parseMailServer(smtpUrl: string, from: string): MailServer | null {
  const url = URL.parse(smtpUrl)
  if (!url?.hostname || (url.protocol !== 'smtps:' && url.protocol !== 'smtp:')) return null
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port ? Number(url.port) : PORTS[url.protocol],
    isImplicitTls: url.protocol === 'smtps:',
    auth: url.username ? { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } : null,
    from,
  }
}

/**
 * One mail to all addresses of the channel. News of one object are one thread, and a repeated attempt has the same
 * Message-ID, so that a mail client shows it once.
 */
export async function sendEmail(
  to: OutgoingAddress,
  message: OutgoingMessage,
  server: MailServer | null,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<SendOutcome> {
  if (!server)
    return failed('No mail server is configured: set HOMEPORT_SMTP_URL and HOMEPORT_SMTP_FROM.', { isFinal: true })
  const ends = AbortSignal.timeout(timeoutMs)
  const call = joinSignals(signal, ends)
  const transport = createTransport(transportOptions(server, timeoutMs))
  try {
    const { rejected, accepted } = await transport.sendMail({ ...mailOf(to, message, server), signal: call.signal })
    if (rejected.length === 0) return delivered(250)
    return delivered(250, `Refused for ${rejected.length} of ${rejected.length + accepted.length} addresses.`)
  } catch (error) {
    if (ends.aborted) return failed(`The mail server did not finish within ${Math.round(timeoutMs)} ms.`)
    if (signal.aborted) return failed('The worker stopped before there was an answer.')
    return failureOf(error)
  } finally {
    transport.close()
    call.release()
  }
}

function transportOptions({ host, port, isImplicitTls, auth, ca }: MailServer, timeoutMs: number) {
  return {
    host,
    port,
    secure: isImplicitTls,
    // Towards another machine a mail without TLS is not sent, whatever the server offers.
    requireTLS: !isImplicitTls && !isThisMachine(host),
    ...(auth && { auth }),
    tls: { minVersion: 'TLSv1.2' as const, ...(ca && { ca }) },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    socketCloseTimeout: 0,
    maxResponseSize: ANSWER_BYTES_MAX,
    // Nothing in a message may name a file or a URL to be read.
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

function mailOf(to: OutgoingAddress, message: OutgoingMessage, { from }: MailServer) {
  const domain = from.slice(from.lastIndexOf('@') + 1).replace(/[^A-Za-z0-9.-]/g, '') || 'homeport.invalid'
  const thread = `<${message.objectId}@${domain}>`
  return {
    from,
    to: to.target.split(',').map((address) => address.trim()),
    subject: message.text.slice(0, SUBJECT_CHARS_MAX),
    text: bodyOf(message),
    messageId: `<${message.deliveryId}@${domain}>`,
    inReplyTo: thread,
    references: [thread],
    headers: {
      'Homeport-Delivery': message.deliveryId,
      'Homeport-Topic': message.topic,
      'Auto-Submitted': 'auto-generated',
    },
  }
}

function bodyOf({ text, url, items, count }: OutgoingMessage): string {
  const lines = items.map((item) => `- ${item.text}`)
  const rest = count - items.length
  if (items.length > 0 && rest > 0) lines.push(`- and ${rest} more`)
  return [text, url, ...(lines.length > 0 ? ['', ...lines] : []), ''].join('\n')
}

/** 5xx is a final no (RFC 5321); 4xx asks to come back. What the server wrote is not repeated. */
function failureOf(error: unknown): SendOutcome {
  const { responseCode = null, code } = error as { responseCode?: number; code?: string }
  if (responseCode && responseCode >= 500)
    return failed(`The mail server refused it for good (${responseCode}).`, { responseCode, isFinal: true })
  if (responseCode && responseCode >= 400)
    return failed(`The mail server asks to come back later (${responseCode}).`, {
      responseCode,
      retryAfterMs: GREYLIST_RETRY_MS,
    })
  return failed(`The mail server could not be used: ${code ?? 'the connection failed'}.`)
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
