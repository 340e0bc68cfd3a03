import { expect, test } from 'vitest'
import { isUnreachable } from './unreachable'

const coded = (code: string, more: object = {}) => Object.assign(new Error('failed'), { code, ...more })
const raw = (cause: object) => coded('P2010', { meta: { driverAdapterError: { name: 'DriverAdapterError', cause } } })

test.each([
  ['refused', coded('ECONNREFUSED')],
  ['not reached, by a model query', coded('P1001')],
  ['not reached, by a raw query', raw({ kind: 'DatabaseNotReachable', host: '127.0.0.1', port: 1 })],
  ['no pooled connection', coded('P2024')],
  ['no connection for a transaction, or none in time', coded('P2028')],
  ['shut down under a raw query', raw({ kind: 'postgres', originalCode: '57P01' })],
  ['starting', coded('57P03')],
  ['a connection exception', coded('08006')],
  ['terminated', new Error('Connection terminated unexpectedly')],
  ['any of these as the cause', new Error('a call failed', { cause: coded('ECONNREFUSED') })],
])('%s is unreachable', (_why, error) => {
  expect(isUnreachable(error)).toBe(true)
})

test.each([
  ['a unique violation', coded('P2002')],
  ['a refused write', raw({ kind: 'postgres', originalCode: '23514' })],
  ['a serialization failure', coded('40001')],
  ['a fault of ours', new TypeError('x is not a function')],
  ['nothing', null],
])('%s is not', (_why, error) => {
  expect(isUnreachable(error)).toBe(false)
})
