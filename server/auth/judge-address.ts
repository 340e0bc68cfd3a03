import { BlockList, isIP } from 'node:net'
import { normalizeIP } from '@better-auth/core/utils/ip'

/** Whose word on a client's address counts: so many proxies in front of this process, or those of named addresses. */
export type TrustedProxies = { kind: 'hops'; count: number } | { kind: 'named'; addresses: BlockList }

const HOPS_MAX = 10
export const NO_PROXIES: TrustedProxies = { kind: 'hops', count: 0 }

/**
 * "2" (the last two hops are proxies of ours) or "10.0.0.0/8, 2001:db8::7" (their addresses or networks). Null for anything
 * else: a mistyped network must stop the start and not silently trust nobody, or everybody.
 */
export function parseTrustedProxies(text: string): TrustedProxies | null {
  const trimmed = text.trim()
  if (/^\d+$/.test(trimmed)) return Number(trimmed) <= HOPS_MAX ? { kind: 'hops', count: Number(trimmed) } : null
  const addresses = new BlockList()
  for (const entry of trimmed.split(',').map((part) => part.trim())) if (!addNetwork(addresses, entry)) return null
  return { kind: 'named', addresses }
}

/**
 * The address of whoever sent a request, as far as it is known: the socket's, and behind a trusted proxy what that proxy
 * saw. A client may write any X-Forwarded-For it likes, so nothing left of the first untrusted hop counts. IPv6 addresses
 * are cut to their network of 64 bits, which is what one customer is given. Null when nothing has a valid address.
 */
export function judgeAddress(
  request: { socketAddress: string | undefined; forwardedFor: string | undefined },
  trusted: TrustedProxies,
): string | null {
  const claimed = (request.forwardedFor ?? '').split(',').map(bareAddress)
  let address = bareAddress(request.socketAddress ?? '')
  for (let hop = 1; address !== null && isTrusted(address, hop, trusted); hop += 1) {
    const before = claimed.pop()
    if (!before) break // the proxy named nobody, or what is no address: it is the last one that is known
    address = before
  }
  return address === null ? null : normalizeIP(address, { ipv6Subnet: 64 })
}

function isTrusted(address: string, hop: number, trusted: TrustedProxies): boolean {
  if (trusted.kind === 'hops') return hop <= trusted.count
  return trusted.addresses.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** Without a port, brackets or the IPv6 form of an IPv4 address; null for what is no address. */
function bareAddress(text: string): string | null {
  const trimmed = text.trim()
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(trimmed)?.[1] ?? /^([\d.]+):\d+$/.exec(trimmed)?.[1] ?? trimmed
  const mapped = /^::ffff:([\d.]+)$/i.exec(bare)?.[1] ?? bare
  return isIP(mapped) ? mapped : null
}

function addNetwork(list: BlockList, entry: string): boolean {
  const [address = '', prefix, ...rest] = entry.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  const bitsMax = family === 6 ? 128 : 32
  if (prefix !== undefined && !(/^\d+$/.test(prefix) && Number(prefix) <= bitsMax)) return false
  list.addSubnet(address, prefix === undefined ? bitsMax : Number(prefix), family === 6 ? 'ipv6' : 'ipv4')
  return true
}
