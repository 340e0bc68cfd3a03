import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import type { Check } from '@/model/schemas/plans'
import { CheckList } from './CheckList'

const check = (outcome: Check['outcome']): Check => ({
  rule: 'primary-is-not-healthy',
  title: 'The primary is in trouble',
  outcome,
  says: 'sin-1 answers and takes writes.',
  isOverridable: true,
})
const read = (outcome: Check['outcome']) =>
  renderToStaticMarkup(<CheckList checks={[check(outcome)]} />).replace(/<svg.*?<\/svg>|<[^>]+>/g, '')

test('a rule that is not kept begins with that, so that its title is not read as true', () => {
  expect(read('failed')).toBe('Not so: The primary is in trouble. sin-1 answers and takes writes.')
  expect(read('unknown')).toBe('Not known: The primary is in trouble. sin-1 answers and takes writes.')
  expect(read('passed')).toBe('passed: The primary is in trouble sin-1 answers and takes writes.')
})
