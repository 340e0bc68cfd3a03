import { expect, test } from 'vitest'
import { lagSentence } from './lag-words'

const lag = { state: 'disconnected', sourceRegion: 'eu-west-1', targetRegion: 'eu-central-1' } as const

test('a server that was left behind is not a standby that lost its way', () => {
  expect(lagSentence({ ...lag, staleServerId: null })).toBe('disconnected, eu-west-1 → eu-central-1')
  expect(lagSentence({ ...lag, staleServerId: 'x' })).toBe(
    'a stale server in eu-central-1: no standby until it is rebuilt',
  )
})
