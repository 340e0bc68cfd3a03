import { isIP } from 'node:net'
import { DomainError } from '@/model/errors'
import { ADDRESSES_MAX, type ChannelKind } from '@/model/schemas/notifications'
import { whyNotAddress } from '@/server/outbound/vet-address'

/** Plain addresses only: no display names, no comments, nothing that a header could be made of. */
const ADDRESS = /^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*$/

/** Throws `invalid-input` with the sentence for the field. Where a name leads is judged by whoever connects to it. */
export function refuseTarget(kind: ChannelKind, target: string): void {
  const why = kind === 'webhook' ? whyNotUrl(target) : whyNotAddresses(target)
  if (why) throw new DomainError('invalid-input', why)
}

export function addressesOf(target: string): string[] {
  return target.split(',').map((address) => address.trim())
}

/** For people who may read but not change: a URL may hold a credential in its path, and an address is somebody's. */
export function describeTarget(kind: string, target: string): string {
  if (kind === 'webhook') return URL.parse(target)?.origin ?? 'an address that is no URL'
  const addresses = addressesOf(target)
  const domains = [...new Set(addresses.map((address) => address.slice(address.lastIndexOf('@') + 1)))]
  return `${addresses.length} ${addresses.length === 1 ? 'address' : 'addresses'} at ${domains.join(', ')}`
}

function whyNotUrl(target: string): string | null {
  const url = URL.parse(target)
  if (!url || !['http:', 'https:'].includes(url.protocol)) return 'Give an https URL.'
  if (url.username || url.password) return 'A password does not belong in a URL: name a secret to sign with.'
  const address = url.hostname.replace(/^\[|\]$/g, '')
  return isIP(address) ? whyNotAddress(address, { isPlain: url.protocol === 'http:' }) : null
}

function whyNotAddresses(target: string): string | null {
  const addresses = addressesOf(target)
  if (addresses.length > ADDRESSES_MAX) return `Give at most ${ADDRESSES_MAX} addresses, or use a list.`
  const bad = addresses.find((address) => !ADDRESS.test(address))
  return bad === undefined ? null : `“${bad}” is not a plain e-mail address.`
}
