import { expect, test } from 'vitest'
import { connectionOf, liveState, noteAnswer, setLiveState } from './live-state'

const shown = () => connectionOf(liveState())

test('nothing is live while the newest answers say that the catalog is lost', () => {
  setLiveState({ connection: 'live' })
  noteAnswer({ data: { httpStatus: 503 } })
  expect(shown()).toBe('lost')
  noteAnswer({ data: { httpStatus: 404 } })
  expect(shown(), 'a refusal says nothing of the catalog').toBe('lost')
  noteAnswer(null)
  expect(shown()).toBe('live')
})

test('an answer does not bring a lost stream back', () => {
  setLiveState({ connection: 'lost' })
  noteAnswer(null)
  expect(shown()).toBe('lost')
})
