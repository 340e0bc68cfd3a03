import { expect, test } from 'vitest'
import { paths } from '@/model/paths'
import { type CheckPlace, type ReadinessCheck, readinessCheckNames, readinessChecks } from './readiness-checks'

const place: CheckPlace = {
  cellId: 'fra',
  writerRegion: 'eu-west-1',
  standbyRegion: 'eu-central-1',
  staleServer: { id: '019f0000-0000-7000-8000-000000000001', memberId: 'fra-1' },
}
const ofTheStandby: readonly ReadinessCheck[] = ['standby', 'lag-objective', 'clock-skew', 'capacity', 'same-settings']

test('what a stale server keeps from passing is put right at its page', () => {
  const sentThere = readinessCheckNames.filter((check) => readinessChecks[check].fix(place).label.includes('fra-1'))
  expect(sentThere).toEqual(ofTheStandby)
  expect(readinessChecks.standby.fix(place).path).toBe(paths.staleServer({ id: place.staleServer?.id ?? '' }))
})

test('without one, where the standby is', () => {
  expect(readinessChecks.standby.fix({ ...place, staleServer: null })).toMatchObject({ label: 'Replication lag' })
})
