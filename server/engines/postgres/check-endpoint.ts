import { isIP } from 'node:net'
import type { Endpoint } from '@/server/engines/contract'

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]*[a-z0-9])?)*\.?$/i
const IDENTIFIER_BYTES_MAX = 63
const PASSWORD_BYTES_MAX = 1_000
/** Instance metadata services live here: a member can never, and a console tricked into asking one leaks its host's keys. */
const LINK_LOCAL = /^(169\.254\.|fe[89ab][0-9a-f]:|::ffff:(169\.254\.|a9fe:))/i
const UNSPECIFIED = new Set(['0.0.0.0', '::', '0'])

/**
 * What is wrong with an address, or null. The driver reads a host that begins with `/` as a socket file and takes what
 * else it is given on faith, so an address is checked before the driver sees it.
 */
export function whyNotEndpoint(endpoint: Endpoint): string | null {
  const { host, port } = endpoint
  if (LINK_LOCAL.test(host) || UNSPECIFIED.has(host)) return 'The host is a link-local or unspecified address.'
  if (!isIP(host) && (!HOST_NAME.test(host) || /^[\d.]+$|^0x/i.test(host)))
    return 'The host is neither a name nor an address.'
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return 'The port is not between 1 and 65535.'
  const names = { database: endpoint.database, 'admin role': endpoint.admin.user, 'app role': endpoint.app.user }
  for (const [what, name] of Object.entries(names)) {
    if (!isPlain(name, IDENTIFIER_BYTES_MAX)) return `The ${what} is not a name PostgreSQL can have.`
  }
  for (const { password } of [endpoint.admin, endpoint.app]) {
    if (!isPlain(password, PASSWORD_BYTES_MAX)) return 'A password is empty, too long or holds control characters.'
  }
  return null
}

function isPlain(text: string, bytesMax: number): boolean {
  return text.length > 0 && Buffer.byteLength(text) <= bytesMax && !/\p{Cc}/u.test(text)
}
