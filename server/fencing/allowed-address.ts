import { type LookupOptions, lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/**
 * Where an agent may never live: instance metadata services, which would hand out the keys of the machine we run on, and
 * addresses that mean "somewhere". Checked on the address that is connected to, so that no name can lead there later.
 */
const forbidden = new BlockList()
forbidden.addSubnet('0.0.0.0', 8, 'ipv4')
forbidden.addSubnet('169.254.0.0', 16, 'ipv4')
forbidden.addSubnet('224.0.0.0', 3, 'ipv4')
forbidden.addAddress('100.100.100.200', 'ipv4')
forbidden.addAddress('192.0.0.192', 'ipv4')
forbidden.addAddress('168.63.129.16', 'ipv4')
forbidden.addAddress('::', 'ipv6')
forbidden.addSubnet('fe80::', 10, 'ipv6')
forbidden.addSubnet('ff00::', 8, 'ipv6')
forbidden.addAddress('fd00:ec2::254', 'ipv6')
forbidden.addAddress('fd20:ce::254', 'ipv6')

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

export class ForbiddenAddress extends Error {}

export function isForbidden(address: string): boolean {
  return isIn(forbidden, address)
}

export function isLoopback(address: string): boolean {
  return isIn(loopback, address)
}

/** As `dns.lookup`, for the `lookup` of a socket: every address of the name must be allowed. */
export const allowedLookup: LookupFunction = (hostname, options: LookupOptions, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? []
    if (error || !first) return callback(error ?? new Error(`${hostname} has no address.`), [])
    const bad = addresses.find(({ address }) => isForbidden(address))
    if (bad) return callback(new ForbiddenAddress(`${hostname} leads to ${bad.address}, where no agent may live.`), [])
    if (options.all) return callback(null, addresses)
    callback(null, first.address, first.family)
  })
}

function isIn(list: BlockList, address: string): boolean {
  const version = isIP(address)
  if (version === 0) return false
  return list.check(address, version === 6 ? 'ipv6' : 'ipv4')
}
