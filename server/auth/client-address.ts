import { randomBytes } from 'node:crypto'
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { judgeAddress, type TrustedProxies } from './judge-address'

export const CLIENT_HEADER = 'x-homeport-client'
/** Counted as one client: a request whose sender could not be told must not escape being counted. */
export const UNKNOWN_ADDRESS = '0.0.0.0'

// Next bundles each route by itself and the start-up hook too, so that only globalThis is common to them.
const slot = globalThis as unknown as { homeportAddressSeal?: string }

/**
 * Writes onto each request that this process receives from whom it came, before Next sees it: a route handler is given
 * headers and no socket, and Next leaves an X-Forwarded-For of the client's own as it is. Sealed with a secret of this
 * process, so that a header which a client wrote, or a request from before this was called, counts for nobody.
 */
export function stampAddresses(trusted: TrustedProxies): void {
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage }
    const forwarded = request.headers['x-forwarded-for']
    const forwardedFor = Array.isArray(forwarded) ? forwarded.join(',') : forwarded
    const address = judgeAddress({ socketAddress: request.socket.remoteAddress, forwardedFor }, trusted)
    request.headers[CLIENT_HEADER] = sealAddress(address ?? UNKNOWN_ADDRESS)
  })
}

/** What the header holds for this address; for tests that are their own transport. */
export function sealAddress(address: string): string {
  return `${seal()} ${address}`
}

/** The headers with the judged address as the one X-Forwarded-For: what better-auth counts by. */
export function withClientAddress(headers: Headers): Headers {
  const judged = new Headers(headers)
  judged.delete(CLIENT_HEADER)
  judged.set('x-forwarded-for', clientAddress(headers))
  return judged
}

function clientAddress(headers: Headers): string {
  const [given, address] = (headers.get(CLIENT_HEADER) ?? '').split(' ')
  return given === seal() && address ? address : UNKNOWN_ADDRESS
}

function seal(): string {
  slot.homeportAddressSeal ??= randomBytes(16).toString('hex')
  return slot.homeportAddressSeal
}
