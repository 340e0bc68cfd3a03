import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { plansOfEachKind as plans } from '@/model/schemas/testing-plans'
import { Stakes } from './Stakes'

const read = (kind: keyof typeof plans) =>
  renderToStaticMarkup(<Stakes plan={plans[kind]} />).replace(/<svg.*?<\/svg>|<[^>]+>/g, ' ')

test('a rebuild says which server is emptied and of what, and estimates no pause that nobody notices', () => {
  const rebuild = read('reinstatement')
  expect(rebuild).toMatch(/Server that is emptied\s+sin-1\s+ap-southeast-1/)
  expect(rebuild).toMatch(/Copied from\s+sin-2/)
  expect(rebuild).toMatch(/Its unreplicated rows\s+3/)
  expect(rebuild).not.toMatch(/Write pause|Tenants affected/)
})

test('what moves writes says whom it touches and for how long', () => {
  for (const kind of ['planned-switchover', 'forced-failover', 'drill-switchover'] as const)
    expect(read(kind)).toMatch(/Tenants affected.*Data loss.*Write pause/s)
})

test('the pause of a forced failover is named by when it begins', () => {
  expect(read('forced-failover')).toMatch(/Write pause from the approval, estimated/)
  expect(read('planned-switchover')).toMatch(/Write pause, estimated/)
})
