import { expect, test } from 'vitest'
import { sayAfterColon, sayProbe, sayProbes } from './probe-words'

test.each([
  ['connect ECONNREFUSED 127.0.0.1:37217', 'The host refuses the connection: nothing listens there.'],
  ['read ECONNRESET', 'The connection was cut.'],
  ['Connection terminated unexpectedly', 'The connection was cut.'],
  ['connect ETIMEDOUT 10.0.0.7:5432', 'No answer in time.'],
  ['getaddrinfo ENOTFOUND sin-1.example', 'The name of its host is not known there.'],
  [
    'no pg_hba.conf entry for host "127.0.0.1", user "app", database "cell", no encryption (SQLSTATE 28000)',
    'It answers, but its host rules (pg_hba) let nobody in from there.',
  ],
  ['password authentication failed for user "app" (SQLSTATE 28P01)', 'It answers, but does not accept the password.'],
  ['sorry, too many clients already (SQLSTATE 53300)', 'It answers, but all its connections are taken.'],
  ['the database system is starting up (SQLSTATE 57P03)', 'It answers: it is starting up.'],
  ['the database system is shutting down (SQLSTATE 57P03)', 'It answers: it is shutting down.'],
])('%s', (raw, says) => {
  expect(sayProbe(raw)).toEqual({ says, raw })
})

test('what is said for people already, and what is not known, is passed on as it is', () => {
  for (const says of ['No answer within 1000 ms.', 'division by zero (SQLSTATE 22012)'])
    expect(sayProbe(says)).toEqual({ says, raw: null })
})

test('servers of which the same is said are told together, and what was said stays at hand', () => {
  const raw = 'jkt-1: read ECONNRESET; jkt-2: read ECONNRESET; other vantages reach the region.'
  expect(sayProbes(raw)).toEqual({
    says: 'jkt-1, jkt-2: the connection was cut. Other vantages reach the region.',
    raw,
  })
})

test('different things of two servers stay two', () => {
  const raw = 'sin-1: connect ECONNREFUSED 127.0.0.1:4; sin-2: No answer within 900 ms.'
  expect(sayProbes(raw).says).toBe(
    'sin-1: the host refuses the connection: nothing listens there. sin-2: no answer within 900 ms.',
  )
})

test('a link that has nothing technical to say is passed on as it is', () => {
  const raw = 'Last probed at 03:07Z; nobody probes it now.'
  expect(sayProbes(raw)).toEqual({ says: raw, raw: null })
})

test('the end of a sentence is small, ends, and is there when nothing was heard', () => {
  expect(sayAfterColon('read ECONNRESET')).toBe('the connection was cut.')
  expect(sayAfterColon('No answer within 900 ms')).toBe('no answer within 900 ms.')
  expect(sayAfterColon('SSL error')).toBe('SSL error.')
  expect(sayAfterColon(null)).toBe('nothing was heard.')
})
