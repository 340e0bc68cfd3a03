import { expect, test } from 'vitest'
import { calmWorld } from '../testing'
import { refuseWrongTarget } from './refuse-wrong-target'

const refusalOf = (targetMember: string | undefined): string | null => {
  try {
    refuseWrongTarget(calmWorld(), targetMember)
    return null
  } catch (error) {
    return (error as Error).message
  }
}

test('a server of another cell is said to be one, and nothing else is said', () => {
  expect(refusalOf('iad-2')).toBe('iad-2 is no member of sin.')
})

test('the writer is no standby', () => {
  expect(refusalOf('sin-1')).toBe('sin-1 is the writer of sin: a drill needs one of its standbys.')
})

test('a standby, or nobody in particular, is for the rules to judge', () => {
  expect(refusalOf('sin-2')).toBeNull()
  expect(refusalOf(undefined)).toBeNull()
})
