import { DatabaseError } from 'pg'
import { expect, test } from 'vitest'
import { NotDone, OutcomeUnknown } from '@/server/engines/contract'
import { type Failure, SessionError, sentence, toOutcome } from './failures'

function answered(sqlstate: string): DatabaseError {
  const error = new DatabaseError('words that nobody reads', 0, 'error')
  error.code = sqlstate
  return error
}
const lost = (change: Partial<Extract<Failure, { kind: 'broken' | 'deadline' | 'aborted' | 'oversized' }>>) =>
  new SessionError({ kind: 'broken', sent: true, detail: 'gone', ...change })

test.each([
  ['the gate refused', answered('HP001')],
  ['a lock was not to be had', answered('55P03')],
  ['the sign-in failed', answered('28P01')],
  ['the address is wrong', new SessionError({ kind: 'not-asked', detail: 'wrong server' })],
  ['the connection was never made', lost({ sent: false })],
  [
    'the server shut down while signing in',
    new SessionError({ kind: 'answered', sent: false, sqlstate: '57P01', detail: '' }),
  ],
  ['the time was up before sending', lost({ kind: 'deadline', sent: false })],
])('certainly nothing happened when %s', (_, error) => expect(toOutcome(error, 'Fencing')).toBeInstanceOf(NotDone))

test.each([
  ['the deadline passed after sending', lost({ kind: 'deadline' })],
  ['the line broke after sending', lost({})],
  ['the caller gave up after sending', lost({ kind: 'aborted' })],
  ['the server answered without end', lost({ kind: 'oversized' })],
  ['the server was shut down meanwhile', answered('57P01')],
  ['the server crashed meanwhile', answered('57P02')],
  ['a statement ran out of time, maybe after its commit', answered('57014')],
  ['a pooler lost the server', answered('08006')],
  ['nobody knows what it was', new Error('?')],
])('nobody knows when %s', (_, error) => expect(toOutcome(error, 'Fencing')).toBeInstanceOf(OutcomeUnknown))

test('an outcome passes through unchanged', () => {
  const outcome = new NotDone('as it was')
  expect(toOutcome(outcome, 'Fencing')).toBe(outcome)
})

test('a refusal is named by its code', () =>
  expect(sentence({ kind: 'answered', sent: true, sqlstate: 'HP003', detail: 'no' })).toBe(
    'no (WRONG_REGION, SQLSTATE HP003)',
  ))
