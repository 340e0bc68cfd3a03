import { expect, test } from 'vitest'
import { paths } from '@/model/paths'
import { type CheckPlace, type ReadinessCheck, readinessCheckNames, readinessChecks } from './readiness-checks'

const place: CheckPlace = {
  cellId: 'fra',
  writer: 'fra-2',
  writerRegion: 'eu-west-1',
  standby: 'fra-1',
  standbyRegion: 'eu-central-1',
  staleServer: { id: '019f0000-0000-7000-8000-000000000001', memberId: 'fra-1' },
  toAcknowledge: null,
}
const ofTheStandby: readonly ReadinessCheck[] = ['standby', 'lag-objective', 'clock-skew', 'capacity', 'same-settings']

test('what a stale server keeps from passing is put right at its page', () => {
  const sentThere = readinessCheckNames.filter(
    (check) => readinessChecks[check].fix(place, 'failed').label === 'Stale server fra-1',
  )
  expect(sentThere).toEqual(ofTheStandby)
  expect(readinessChecks.standby.fix(place, 'failed').path).toBe(paths.staleServer({ id: place.staleServer?.id ?? '' }))
})

test('without one, where the standby is', () => {
  expect(readinessChecks.standby.fix({ ...place, staleServer: null }, 'failed')).toMatchObject({
    label: 'Replication lag',
  })
})

test('a failover that nobody has acknowledged is acknowledged on its own page', () => {
  const toAcknowledge = { id: '019f0000-0000-7000-8000-000000000002', code: 'OP-2' }
  expect(readinessChecks['cool-down'].fix({ ...place, toAcknowledge })).toEqual({
    label: 'Open OP-2 and acknowledge it',
    path: paths.operation({ id: toAcknowledge.id }),
  })
  expect(readinessChecks['cool-down'].fix(place).path).toBeNull()
})

test('nobody is sent to a page that cannot help: then it is said what does', () => {
  for (const check of ['lawful-target', 'fence-means', 'gate', 'backup'] as const) {
    const { label, path } = readinessChecks[check].fix({ ...place, staleServer: null }, 'failed')
    expect(path, check).toBeNull()
    expect(label, check).toMatch(/^[A-Z].{20,}\.$/)
  }
})

test('what nobody could look at is no setting to change', () => {
  const alone = { ...place, staleServer: null }
  for (const check of ['gate', 'clock-skew', 'same-settings', 'backup'] as const)
    expect(readinessChecks[check].fix(alone, 'unknown'), check).toEqual({
      label: 'Region eu-west-1',
      path: paths.region({ region: 'eu-west-1' }),
    })
  expect(readinessChecks['lag-objective'].fix(alone, 'unknown')).toEqual({
    label: 'Dry run of a failover',
    path: paths.newFailover({ cell: 'fra' }),
  })
})
