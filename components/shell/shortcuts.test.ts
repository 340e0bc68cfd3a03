import { expect, test } from 'vitest'
import { meaningOf, paletteKeyOf } from './shortcuts'

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

test('the key of the palette is named as this keyboard has it', () => {
  expect(paletteKeyOf('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15')).toBe('⌘K')
  expect(paletteKeyOf('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36')).toBe('Ctrl K')
  expect(paletteKeyOf('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36')).toBe('Ctrl K')
  expect(paletteKeyOf(null)).toBe('Ctrl K')
})
