import { expect, test } from 'vitest'
import { plansOfEachKind as plans } from '@/model/schemas/testing-plans'
import { ifNobodyActs } from './if-nobody-acts'

const at = new Date('2026-11-20T14:05:30.000Z')
const start = 'The request expires at 14:05Z and nothing changes: '

test('what stays is said by kind, and a cell is said to be served from where its writes are', () => {
  expect(ifNobodyActs(plans['planned-switchover'], at)).toBe(`${start}sin stays served from ap-southeast-1.`)
  expect(ifNobodyActs(plans['drill-switchover'], at)).toBe(
    `${start}there is no drill, and sin stays served from ap-southeast-1.`,
  )
  expect(ifNobodyActs(plans['forced-failover'], at)).toBe(`${start}writes of sin depend on sin-1 coming back.`)
  const healthy = {
    ...plans['forced-failover'],
    finding: { ...plans['forced-failover'].finding, name: 'ServerHealthy' as const },
  }
  expect(ifNobodyActs(healthy, at)).toBe(`${start}sin stays served from ap-southeast-1, where sin-1 takes writes.`)
  expect(ifNobodyActs(plans.reinstatement, at)).toBe(
    `${start}sin-1 stays closed with all that it holds, and sin stays served from ap-southeast-2, without sin-1 as its standby.`,
  )
})
