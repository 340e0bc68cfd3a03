import { expect, test } from 'vitest'
import { refuseWrongTarget } from './refuse-wrong-target'
import { calmWorld } from './testing'

const refusalOf = (targetMember: string | undefined): string | null => {
  try {
    refuseWrongTarget(calmWorld(), targetMember)
    return null
  } catch (error) {
    return (error as Error).message
  }
}

test('a server of another cell is said to be one, and nothing else is said', () => {
  expect(refusalOf('iad-2')).toBe('sin has no member iad-2.')
})

test('the writer is no standby', () => {
  expect(refusalOf('sin-1')).toBe('sin-1 is the writer of sin: name one of its standbys, or none.')
})

test('a standby, or nobody in particular, is for the rules to judge', () => {
  expect(refusalOf('sin-2')).toBeNull()
  expect(refusalOf(undefined)).toBeNull()
})
