import { expect, test } from 'vitest'
import { gateWord, writerPlace } from './writer-place'

test('a cell is at home only where its tenants have their home', () => {
  expect(writerPlace({ activeRegion: 'eu-central-1', homeRegion: 'eu-central-1' })).toBe('home')
  expect(writerPlace({ activeRegion: 'eu-west-1', homeRegion: 'eu-central-1' })).toBe('away')
  expect(writerPlace({ activeRegion: 'eu-west-1', homeRegion: null })).toBeNull()
})

test('no standby is read as a writer by the gate it copies', () => {
  expect(gateWord({ role: 'standby', gateStatus: 'WRITABLE' })).toBe('replicated')
  expect(gateWord({ role: 'primary', gateStatus: 'WRITABLE' })).toBe('WRITABLE')
  expect(gateWord({ role: 'primary', gateStatus: 'FENCED' })).toBe('FENCED')
})

test('what is not known stays unknown', () => {
  expect(gateWord({ role: 'standby', gateStatus: null })).toBeNull()
  expect(gateWord({ role: null, gateStatus: null })).toBeNull()
})
