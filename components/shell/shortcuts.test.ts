import { expect, test } from 'vitest'
import { meaningOf } from './shortcuts'

const press = (key: string, held: Partial<{ ctrlKey: boolean; metaKey: boolean; altKey: boolean }> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...held,
})
const usual = { isAwaitingPlace: false, hasSingleKeys: true }

test('g, then a letter, goes to a place', () => {
  expect(meaningOf(press('g'), usual)).toEqual({ kind: 'await-place' })
  expect(meaningOf(press('p'), { ...usual, isAwaitingPlace: true })).toEqual({ kind: 'go', key: 'p' })
})

test('single keys can be switched off; the palette stays', () => {
  const off = { ...usual, hasSingleKeys: false }
  expect(meaningOf(press('p'), off)).toBeNull()
  expect(meaningOf(press('k', { metaKey: true }), off)).toEqual({ kind: 'palette' })
})

test('chords of the browser are left to the browser', () => {
  expect(meaningOf(press('p', { ctrlKey: true }), usual)).toBeNull()
  expect(meaningOf(press('t', { metaKey: true }), usual)).toBeNull()
  expect(meaningOf(press('t', { altKey: true }), usual)).toBeNull()
})
