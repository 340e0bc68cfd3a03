import { expect, test } from 'vitest'
import { paths } from '@/model/paths'
import { prepareWaysOut } from './prepare-ways-out'

const failoverToNote = { id: '019f0000-0000-7000-8000-000000000002', code: 'OP-2' }
const failed = (rule: string) => ({ rule, outcome: 'failed' as const })
const calm = { failoverToNote: null, operationId: null }

test('a failover that nobody has acknowledged is one step away', () => {
  expect(prepareWaysOut([failed('cool-down')], { ...calm, failoverToNote })).toEqual([
    { label: 'Open OP-2 and acknowledge it', href: paths.operation({ id: failoverToNote.id }) },
  ])
})

test('a rest that ends by itself, and a rule that passed, lead nowhere', () => {
  expect(prepareWaysOut([failed('cool-down')], calm)).toEqual([])
  expect(prepareWaysOut([{ rule: 'cool-down', outcome: 'passed' }], { ...calm, failoverToNote })).toEqual([])
})

test('a hold, a run and a request have their pages', () => {
  expect(prepareWaysOut([failed('no-hold')], calm)).toMatchObject([{ href: paths.holds() }])
  expect(prepareWaysOut([failed('one-operation-per-scope')], calm)).toMatchObject([{ href: paths.approvals() }])
  expect(
    prepareWaysOut([failed('one-operation-per-scope')], { ...calm, operationId: failoverToNote.id }),
  ).toMatchObject([{ href: paths.operation({ id: failoverToNote.id }) }])
})
