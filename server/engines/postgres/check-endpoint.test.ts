import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import type { Endpoint } from '@/server/engines/contract'
import { whyNotEndpoint } from './check-endpoint'

const good: Endpoint = {
  memberId: 'jkt-1',
  region: 'ap-southeast-3',
  vantageRegion: 'eu-west-1',
  host: '127.0.0.1',
  port: 5432,
  database: 'app',
  admin: { user: 'homeport_admin', password: 'secret' },
  app: { user: 'app', password: 'secret' },
}

test.each(['127.0.0.1', 'localhost', 'db-1.jkt.example.net', '::1', '2001:db8::5', 'a_b.internal'])(
  'takes %s',
  (host) => expect(whyNotEndpoint({ ...good, host })).toBeNull(),
)

test.each([
  '/var/run/postgresql',
  '169.254.169.254',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  'fe80::1',
  '2852039166',
  '0xA9FEA9FE',
  '0.0.0.0',
  '',
  'a,b',
  'host options=-c\u0020x',
  'host;options=-c fsync=off',
  'user@host',
  'host\u0000',
  '-host',
])('refuses the host %j', (host) => expect(whyNotEndpoint({ ...good, host })).not.toBeNull())

test.each([0, -1, 65_536, 1.5, Number.NaN])('refuses the port %j', (port) =>
  expect(whyNotEndpoint({ ...good, port })).toMatch(/port/),
)

test.each([
  ['an empty database', { database: '' }],
  ['a long role', { app: { user: 'x'.repeat(64), password: 'p' } }],
  ['a NUL in a password', { admin: { user: 'a', password: 'p\u0000q' } }],
])('refuses %s', (_, change) => expect(whyNotEndpoint({ ...good, ...change })).not.toBeNull())

property.prop([fc.string()])('a host with a slash, a space or a control character never passes', (host) => {
  if (/[/\\\s\p{Cc};,=@'"]/u.test(host)) expect(whyNotEndpoint({ ...good, host })).not.toBeNull()
})
