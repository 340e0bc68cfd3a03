import { type LookupAddress, type LookupOptions, lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/**
 * What leaves this process for an address that somebody configured: notifications, orders to fencing agents.
 * Where nothing may go: metadata services, which hand out the keys of the machine we run on, and addresses that mean
 * "somewhere". IPv4 addresses written as IPv6 are covered by BlockList itself; those wrapped for a translator (NAT64, 6to4)
 * are refused altogether, since what they lead to is decided elsewhere.
 */
const forbidden = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['224.0.0.0', 3],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
] as const)
  forbidden.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [
  ['::', 128],
  ['fe80::', 10],
  ['ff00::', 8],
  ['fd00:ec2::', 32],
  ['fd20:ce::', 32],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
] as const)
  forbidden.addSubnet(net, bits, 'ipv6')

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

export class AddressRefused extends Error {
  override name = 'AddressRefused'
}

/** What is wrong with connecting to this address, or null. `isPlain`: without TLS, which is for this machine alone. */
export function whyNotAddress(address: string, { isPlain }: { isPlain: boolean }): string | null {
  const version = isIP(address)
  if (version === 0) return `${address} is no address.`
  const family = version === 6 ? 'ipv6' : 'ipv4'
  if (forbidden.check(address, family)) return `${address} is link-local, a metadata service, or nowhere.`
  if (isPlain && !loopback.check(address, family))
    return `${address} is another machine, and plain http is for this one.`
  return null
}

/**
 * As `dns.lookup`, for the `lookup` of a socket: judges exactly the addresses that are connected to, so that a name which is
 * answered differently the second time leads nowhere.
 */
export function vettedLookup(rules: { isPlain: boolean }): LookupFunction {
  return (hostname, options: LookupOptions, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[] | undefined) => {
      const [first] = addresses ?? []
      if (error || !first) return callback(error ?? new Error(`${hostname} has no address.`), [])
      for (const { address } of addresses ?? []) {
        const why = whyNotAddress(address, rules)
        if (why) return callback(new AddressRefused(`${hostname} leads where nothing may be sent: ${why}`), [])
      }
      if (options.all) return callback(null, addresses ?? [])
      callback(null, first.address, first.family)
    })
  }
}
