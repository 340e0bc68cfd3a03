import { expect, test } from 'vitest'
import { sharedWords } from './shared-words'

const said = (...details: (string | null)[]) => sharedWords(details.map((detail) => ({ detail })))

test('the same from everybody is one sentence, however differently it was put', () => {
  expect(said('connect ECONNREFUSED 127.0.0.1:37217', 'connect ECONNREFUSED 127.0.0.1:40001', null)).toBe(
    'the host refuses the connection: nothing listens there.',
  )
})

test('what differs, or is said once, stays with whoever says it', () => {
  expect(said('connect ECONNREFUSED 127.0.0.1:37217', 'read ECONNRESET')).toBeNull()
  expect(said('read ECONNRESET', null)).toBeNull()
  expect(said()).toBeNull()
})
