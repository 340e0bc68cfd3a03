import { describe, expect, test } from 'vitest'
import { judgeAddress, NO_PROXIES, parseTrustedProxies } from './judge-address'

const judge = (socketAddress: string | undefined, forwardedFor: string | undefined, trusted: string | null) =>
  judgeAddress({ socketAddress, forwardedFor }, trusted === null ? NO_PROXIES : parseTrustedProxies(trusted)!)

describe('the address that a request counts for', () => {
  test.each([
    ['is the socket’s when no proxy is trusted', '192.0.2.9', '203.0.113.1', null, '192.0.2.9'],
    [
      'is what the one proxy saw, not what the client wrote',
      '10.0.0.2',
      '198.51.100.1, 203.0.113.5',
      '1',
      '203.0.113.5',
    ],
    ['goes two hops back behind two proxies', '10.0.0.2', '198.51.100.1, 203.0.113.5, 10.0.0.9', '2', '203.0.113.5'],
    ['stays at the last one known when the chain is shorter', '10.0.0.2', undefined, '2', '10.0.0.2'],
    ['is behind every named proxy', '10.0.0.2', '198.51.100.1, 203.0.113.5, 10.0.9.9', '10.0.0.0/8', '203.0.113.5'],
    ['is the socket’s when the sender is no named proxy', '192.0.2.9', '203.0.113.1', '10.0.0.0/8', '192.0.2.9'],
    ['stops at what is no address', '10.0.0.2', '203.0.113.1, nonsense', '10.0.0.0/8', '10.0.0.2'],
    ['leaves ports and brackets away', '10.0.0.2', '[2001:db8::1]:443', '1', '2001:0db8:0000:0000:0000:0000:0000:0000'],
    ['is one for a whole IPv6 network', '2001:db8::ffff', undefined, null, '2001:0db8:0000:0000:0000:0000:0000:0000'],
    ['is the IPv4 address of a mapped one', '::ffff:192.0.2.9', '203.0.113.1', null, '192.0.2.9'],
    ['is nobody’s without a socket', undefined, '203.0.113.1', '1', null],
  ])('%s', (_, socket, forwarded, trusted, expected) => expect(judge(socket, forwarded, trusted)).toBe(expected))

  test.each(['', 'everyone', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.1,', '-1', '11', '::1/200'])(
    'cannot be configured as "%s"',
    (text) => expect(parseTrustedProxies(text)).toBeNull(),
  )
})
