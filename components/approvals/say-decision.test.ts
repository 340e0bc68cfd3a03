import { expect, test } from 'vitest'
import { plansOfEachKind as plans } from '@/model/schemas/testing-plans'
import { restate, sayGone, sayUndo } from './say-decision'

const planHash = 'abcdef0123456789'
const undoUntilStep = 'Move the write epoch'
const said = (kind: keyof typeof plans) => restate({ plan: plans[kind], planHash })
const undo = (kind: keyof typeof plans) => sayUndo({ plan: plans[kind], undoUntilStep })

test('a yes is restated by kind, and units keep their case', () => {
  expect(said('planned-switchover')).toBe(
    'Move the writes of sin from ap-southeast-1 to ap-southeast-2: 40 tenants, data loss none, write pause 331 ms to 1.08 s. Plan abcdef01…',
  )
  expect(said('forced-failover')).toMatch(
    /^Fence sin-1 in ap-southeast-1 and move the writes of sin to sin-2 in ap-southeast-2 without its help: 40 tenants, data loss ≤ 3\.2 s, .*208 B.*, write pause from the approval /,
  )
  expect(said('drill-switchover')).toMatch(
    /^As a drill, .* from ap-southeast-1 to ap-southeast-2 and back: .* each way\./,
  )
})

test('a rebuild names what is emptied and what it is copied from, and moves no writes', () => {
  const rebuild = said('reinstatement')
  expect(rebuild).toMatch(/^Empty sin-1 in ap-southeast-1 and copy sin-2 in ap-southeast-2 onto it\./)
  expect(rebuild).toContain('cannot be brought back afterwards, except its 3 unreplicated rows')
  expect(rebuild).toContain('The writes of sin stay in ap-southeast-2.')
  expect(rebuild).not.toMatch(/Move the writes|write pause/)
})

test('a server that holds nothing of its own takes nothing with it', () => {
  const plan = { ...plans.reinstatement, ledger: { ...plans.reinstatement.ledger, lostWriteCount: 0 } }
  expect(sayGone(plan)).toBe('It holds nothing that sin-2 lacks.')
  expect(sayUndo({ plan, undoUntilStep })).toMatch(/and not after it\. It holds nothing/)
})

test('only what a new switchover can take back is said to be taken back by one', () => {
  expect(undo('planned-switchover')).toContain('later by a new switchover')
  expect(undo('forced-failover')).toContain('later by a new switchover, once sin-1 is rebuilt')
  expect(undo('reinstatement')).not.toContain('switchover')
  expect(undo('reinstatement')).toContain('cannot be brought back')
  expect(undo('drill-switchover')).toContain('goes back by itself')
})
