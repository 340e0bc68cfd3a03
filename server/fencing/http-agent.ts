import http from 'node:http'
import https from 'node:https'
import { isIP } from 'node:net'
import type { CallOptions, FencingAgent } from '@/server/engines/contract'
import { AddressRefused, vettedLookup, whyNotAddress } from '@/server/outbound/vet-address'
import { type Hook, hookAgent, type Order } from './hook-agent'
import { notDone, parseAnswer, unknown } from './outcome'

const ANSWER_BYTES_MAX = 64 * 1024
const MEMBER = '{member}'

export type HttpAgentConfig = {
  /** With {member} where its name belongs. TLS, but to this very machine. */
  url: string
  method: 'POST' | 'PUT'
  /** Sent with every order; the value is looked up for each, so that it can be rotated. */
  secret: { header: string; read(): Promise<string> } | null
  /** At most this, however patient the caller is. */
  timeoutMs: number
  /** Certificates to trust instead of the usual ones, as PEM. */
  ca?: string
}

/**
 * A fencing agent behind HTTP. It is sent `{action, member, operationId}` and answers `{outcome: "done", offAt, says, evidence}` or
 * `{outcome: "not-done", says}` with status 200. Redirects are not followed. Once an order was sent, anything but such an
 * answer leaves the outcome unknown.
 */
export function httpAgent(config: HttpAgentConfig): FencingAgent {
  const hook: Hook = async (order, doing, call) => {
    const url = urlOf(config.url, order.member, doing)
    const secret = await config.secret?.read().catch((error: unknown) => {
      throw notDone(doing, error instanceof Error ? error.message : 'The secret cannot be read.', error)
    })
    const headers = { ...(config.secret && secret ? { [config.secret.header]: secret } : {}) }
    const { status, text } = await exchange({ config, url, headers, order, doing }, call)
    const answer = parseAnswer(text)
    if (status !== 200 || !answer) throw unknown(doing, `It answered ${status} with something that is no answer.`)
    if (answer.outcome === 'not-done') throw notDone(doing, answer.says)
    return answer
  }
  return hookAgent(`fencing hook at ${hostOf(config.url)}`, hook)
}

/** What is wrong with a configured URL, or null. Names are looked up, and checked again, when they are connected to. */
export function whyNotUrl(text: string): string | null {
  const url = URL.parse(text.replaceAll(MEMBER, 'member'))
  if (!url || !['http:', 'https:'].includes(url.protocol)) return 'It is not an http or https URL.'
  if (!text.includes(MEMBER)) return 'It does not say where the name of the member belongs: {member}.'
  if (url.username || url.password) return 'A secret does not belong in a URL.'
  const host = bareHost(url)
  if (
    !URL.parse(text.replaceAll(MEMBER, 'other'))?.host ||
    host !== bareHost(new URL(text.replaceAll(MEMBER, 'other')))
  )
    return 'The member may not choose the host.'
  const isPlain = url.protocol === 'http:'
  if (isIP(host)) return whyNotAddress(host, { isPlain })
  return isPlain && host !== 'localhost' ? 'Orders to other machines need https.' : null
}

type Exchange = { config: HttpAgentConfig; url: URL; headers: Record<string, string>; order: Order; doing: string }

/** Resolves with whatever came back in full. Throws `NotDone` when the order cannot have reached anybody. */
function exchange(
  { config, url, headers, order, doing }: Exchange,
  call: CallOptions,
): Promise<{ status: number; text: string }> {
  const timeoutMs = Math.min(call.timeoutMs, config.timeoutMs)
  if (call.signal.aborted || timeoutMs <= 0) throw notDone(doing, 'No time was left.')
  const body = JSON.stringify(order)
  return new Promise((resolve, reject) => {
    let wasSent = false
    const fail = (says: string, cause?: unknown) => {
      reject(wasSent ? unknown(doing, says, cause) : notDone(doing, says, cause))
      request.destroy()
    }
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: config.method,
      agent: false,
      lookup: vettedLookup({ isPlain: url.protocol === 'http:' }),
      ca: config.ca,
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'idempotency-key': `${order.operationId}/${order.action}`,
        accept: 'application/json',
      },
    })
    const timer = setTimeout(() => fail(`No answer within ${Math.round(timeoutMs)} ms.`), timeoutMs)
    const giveUp = () => fail('The call was given up.')
    call.signal.addEventListener('abort', giveUp, { once: true })
    request.on('close', () => {
      clearTimeout(timer)
      call.signal.removeEventListener('abort', giveUp)
    })
    request.on('socket', (socket) => {
      // Nothing of the order leaves before the line stands, over TLS only once the certificate was accepted.
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        wasSent = true
        request.end(body)
      })
    })
    request.on('error', (error) => fail(error instanceof AddressRefused ? error.message : codeOf(error), error))
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      let sizeBytes = 0
      response.on('data', (chunk: Buffer) => {
        sizeBytes += chunk.length
        if (sizeBytes > ANSWER_BYTES_MAX) return fail(`It answered with more than ${ANSWER_BYTES_MAX} bytes.`)
        chunks.push(chunk)
      })
      response.on('error', (error) => fail(codeOf(error), error))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      )
    })
    request.flushHeaders()
  })
}

function urlOf(template: string, member: string, doing: string): URL {
  const problem = whyNotUrl(template)
  if (problem) throw notDone(doing, `The URL of the hook cannot be used. ${problem}`)
  return new URL(template.replaceAll(MEMBER, encodeURIComponent(member)))
}

function hostOf(url: string): string {
  return URL.parse(url.replaceAll(MEMBER, 'member'))?.host ?? 'an address that is no URL'
}

function bareHost(url: URL): string {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return isIP(host) ? host : host.toLowerCase()
}

function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.message
}
