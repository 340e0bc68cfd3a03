import { createHmac } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import { isIP } from 'node:net'
import type { OutgoingAddress, OutgoingMessage, SendOutcome } from '@/model/outgoing-message'
import { AddressRefused, vettedLookup, whyNotAddress } from '@/server/outbound/vet-address'
import { delivered, failed } from './outcome'

/** A receiver says "yes" with its status; more of its answer than this is not even read. */
const ANSWER_BYTES_MAX = 64 * 1024
const RETRY_AFTER_MS_MAX = 15 * 60_000

export type WebhookRules = {
  /** Hosts that may be sent to without TLS although they are other machines, each as in the URL. */
  plainHosts: readonly string[]
  /** Certificates to trust instead of the usual ones, as PEM. */
  ca?: string
}

type Call = { timeoutMs: number; signal: AbortSignal }

/**
 * One POST of JSON. Signed where the channel has a secret: `homeport-signature: t=SECONDS,v1=HEX`, the HMAC-SHA256 of
 * "SECONDS.BODY" over the raw body, so that a receiver can refuse what is forged and what is old.
 */
export async function sendWebhook(
  to: OutgoingAddress,
  message: OutgoingMessage,
  rules: WebhookRules,
  { timeoutMs, signal }: Call,
): Promise<SendOutcome> {
  const why = whyNotWebhook(to.target, rules)
  if (why) return failed(why, { isFinal: true })
  const url = new URL(to.target)
  const body = JSON.stringify(payloadOf(message))
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    accept: '*/*',
    'user-agent': 'homeport',
    'homeport-delivery': message.deliveryId,
    'homeport-topic': message.topic,
    'homeport-attempt': String(message.attempt),
    ...(to.secret && { 'homeport-signature': signBody(to.secret, body, Math.floor(Date.now() / 1_000)) }),
  }
  return post({ url, body, headers, rules }, { timeoutMs, signal })
}

/** Exactly what a receiver computes to compare. */
export function signBody(secret: string, body: string, atSeconds: number): string {
  const mac = createHmac('sha256', secret).update(`${atSeconds}.${body}`, 'utf8').digest('hex')
  return `t=${atSeconds},v1=${mac}`
}

/** What is wrong with a configured URL, or null. A name is judged again when it is connected to. */
export function whyNotWebhook(target: string, rules: Pick<WebhookRules, 'plainHosts'>): string | null {
  const url = URL.parse(target)
  if (!url || !['http:', 'https:'].includes(url.protocol)) return 'The target is not an http or https URL.'
  if (url.username || url.password) return 'A password does not belong in a URL.'
  const isPlain = isPlainJudged(url, rules)
  const host = bareHost(url)
  if (isIP(host)) {
    const why = whyNotAddress(host, { isPlain })
    return why && `No message may go there: ${why}`
  }
  if (isPlain && host !== 'localhost') return 'Another machine is reached by https only.'
  return null
}

/** True where missing TLS has to be made up for by staying on this machine. */
function isPlainJudged(url: URL, { plainHosts }: Pick<WebhookRules, 'plainHosts'>): boolean {
  return url.protocol === 'http:' && !plainHosts.includes(url.host)
}

/** The same text for people everywhere; names in snake case, as receivers expect them. */
function payloadOf({ deliveryId, topic, text, url, objectId, occurredAt, facts, items, count }: OutgoingMessage) {
  return {
    ...facts,
    delivery_id: deliveryId,
    topic,
    text: `${text} ${url}`,
    url,
    object_id: objectId,
    occurred_at: occurredAt,
    count,
    ...(items.length > 0 && { items: items.map((item) => ({ object_id: item.objectId, text: item.text })) }),
  }
}

type Post = { url: URL; body: string; headers: http.OutgoingHttpHeaders; rules: WebhookRules }

function post({ url, body, headers, rules }: Post, { timeoutMs, signal }: Call): Promise<SendOutcome> {
  return new Promise((resolve) => {
    const isTls = url.protocol === 'https:'
    const request = (isTls ? https : http).request(url, {
      method: 'POST',
      agent: false, // no connection is kept: the next message is judged anew
      lookup: vettedLookup({ isPlain: isPlainJudged(url, rules) }),
      ...(rules.ca && { ca: rules.ca }),
      headers,
    })
    const settle = (outcome: SendOutcome) => {
      resolve(outcome)
      request.destroy()
    }
    // A receiver that has said yes or no and goes on talking has answered.
    let answered: SendOutcome | null = null
    const timer = setTimeout(
      () => settle(answered ?? failed(`No answer within ${Math.round(timeoutMs)} ms.`)),
      timeoutMs,
    )
    const onAbort = () => settle(failed('The worker stopped before there was an answer.'))
    request.on('close', () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      settle(failed('The connection was closed without an answer.'))
    })
    request.on('error', (error) => settle(failureOf(error)))
    // After the listeners above: a request that is ended before it began fails as well, and nobody else would hear it.
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    request.on('response', (response) => {
      answered = judgeAnswer(response.statusCode ?? 0, response.headers)
      drain(response, answered, settle)
    })
    request.end(body)
  })
}

/** The body is read to its end up to a limit and forgotten, so that a receiver that keeps writing holds nobody. */
function drain(response: http.IncomingMessage, answered: SendOutcome, settle: (outcome: SendOutcome) => void): void {
  let sizeBytes = 0
  response.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length
    if (sizeBytes > ANSWER_BYTES_MAX) settle(answered)
  })
  response.on('end', () => settle(answered))
  response.on('error', () => settle(answered))
}

/** Only a 2xx is a yes. What a receiver that is being deployed answers for a moment (404, 401) is tried again like an outage. */
export function judgeAnswer(status: number, headers: http.IncomingHttpHeaders): SendOutcome {
  if (status >= 200 && status < 300) return delivered(status)
  if (status >= 300 && status < 400)
    return failed(`It answered ${status}: redirects are not followed. Name the final address.`, {
      responseCode: status,
    })
  if (status === 410)
    return failed('It answered 410: the receiver is gone for good.', { responseCode: 410, isFinal: true })
  return failed(`It answered ${status}.`, { responseCode: status, retryAfterMs: retryAfterOf(headers['retry-after']) })
}

function retryAfterOf(header: string | undefined): number | null {
  const seconds = /^\d{1,6}$/.test(header ?? '') ? Number(header) : null
  return seconds === null ? null : Math.min(seconds * 1_000, RETRY_AFTER_MS_MAX)
}

function failureOf(error: Error): SendOutcome {
  if (error instanceof AddressRefused) return failed(error.message, { isFinal: true })
  const { code } = error as NodeJS.ErrnoException
  return failed(`It could not be reached: ${code ?? 'the connection failed'}.`)
}

function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}
