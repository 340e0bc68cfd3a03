import { expect, test } from 'vitest'
import type { Status } from '@/model/observations'
import { agedStatus, worstFirst } from './status-now'

test('good news expires with its observation, bad news does not', () => {
  expect(agedStatus('ok', 'fresh')).toBe('ok')
  expect(agedStatus('ok', 'stale')).toBe('unknown')
  expect(agedStatus('ok', 'last-known')).toBe('unknown')
  expect(agedStatus('ok', 'unknown')).toBe('unknown')
  expect(agedStatus('warn', 'stale')).toBe('warn')
  expect(agedStatus('crit', 'stale')).toBe('crit')
  expect(agedStatus('warn', 'unknown')).toBe('unknown')
  expect(agedStatus('crit', 'last-known')).toBe('crit')
})

test('unknown comes right after down', () => {
  const all: Status[] = ['ok', 'active', 'warn', 'unknown', 'crit']
  expect(all.sort(worstFirst)).toEqual(['crit', 'unknown', 'warn', 'active', 'ok'])
})
