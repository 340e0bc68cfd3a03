import { expect, test } from 'vitest'
import { plansOfEachKind as plans } from '@/model/schemas/testing-plans'
import { sayUndone } from './say-undone'

const undone = { plan: plans['forced-failover'], statusReason: null, leftClosedAtEpoch: null }

test('what went back as it was has moved nothing', () => {
  expect(sayUndone(undone)).toEqual({ status: 'warn', says: 'Nothing was moved. sin-1 is the writer, as before.' })
  expect(sayUndone({ ...undone, statusReason: 'Ona aborted it.' }).says).toBe('Nothing was moved. Ona aborted it.')
  expect(sayUndone({ ...undone, plan: plans.reinstatement }).says).toBe('Nothing was moved. Everything is as before.')
})

test('a writer whose gate could not be opened again is closed, and no state of before', () => {
  const closed = { ...undone, statusReason: 'Ona aborted it', leftClosedAtEpoch: '9' }
  expect(sayUndone(closed)).toEqual({
    status: 'crit',
    says: 'Ona aborted it. No writer was moved, but sin-1 could not be opened again: the catalog names it closed at epoch 9.',
  })
  expect(sayUndone({ ...closed, statusReason: null }).says).toMatch(/^No writer was moved, but sin-1/)
})
