import { expect, test } from 'vitest'
import { NotDone, OutcomeUnknown } from '@/server/engines/contract'
import { sayFailedMeans } from './say-failed-means'

test('what the engine wrote of a gate is put into words, and kept beside them', () => {
  const raw = 'Fencing cell:fra on fra-1: read ECONNRESET'
  expect(sayFailedMeans('PROVEN', new OutcomeUnknown(raw))).toEqual({
    says: 'PROVEN could not be had: the connection was cut.',
    raw,
  })
})

test('what is a sentence already is passed on with its full stop', () => {
  const pending = new Error('Prepared transactions are pending behind the fence: x1')
  expect(sayFailedMeans('PROVEN', pending)).toEqual({
    says: 'PROVEN could not be had: prepared transactions are pending behind the fence: x1.',
    raw: null,
  })
})

test('what a fencing agent says names its own trouble, and is never reworded', () => {
  const agent = new NotDone('Switching fra-1 off: the outlet 7 timed out.')
  expect(sayFailedMeans('POWERED_OFF', agent)).toEqual({
    says: 'POWERED_OFF could not be had: Switching fra-1 off: the outlet 7 timed out.',
    raw: null,
  })
})
