import { expect, test } from 'vitest'
import { member, NOW_MS, readyWorld } from './testing'
import { decideWhatIf, type Medians } from './what-if'

const measured: Record<string, number> = {
  'write us-east-1 fra-1': 100,
  'read us-east-1 fra-1': 90,
  'read us-east-1 fra-2': 70,
  'write eu-west-1 fra-1': 30,
}
const medians: Medians = {
  read: (vantage, id) => measured[`read ${vantage} ${id}`] ?? null,
  write: (vantage, id) => measured[`write ${vantage} ${id}`] ?? null,
}
const given = (region: string, leftBehind: string[] = []) => ({
  ...{ region, leftBehind, medians },
  userRegions: ['us-east-1', 'eu-west-1', 'sa-east-1'],
})

test('a cell that loses its writer says who takes over, what is lost, and what users notice', () => {
  const cell = decideWhatIf(readyWorld(), given('eu-central-1'))
  expect(cell).toMatchObject({
    loses: 'writer',
    newWriter: 'fra-2',
    newRegion: 'eu-west-1',
    lawfulTargets: ['eu-west-1'],
    headroomPercent: 80,
    loss: { kind: 'bounded', until: new Date(NOW_MS).toISOString() },
  })
  expect(cell.loss?.seconds).toBeGreaterThanOrEqual(0.9)
  expect(cell.latency).toEqual([
    { userRegion: 'us-east-1', nowMs: 100, thenMs: 80 },
    { userRegion: 'eu-west-1', nowMs: 30, thenMs: null },
    { userRegion: 'sa-east-1', nowMs: null, thenMs: null },
  ])
})

test('where the law forbids every other place nobody takes over, and it says so', () => {
  const policies = [{ ...readyWorld().policies[0]!, allowedRegions: ['eu-central-1'] }]
  expect(decideWhatIf(readyWorld({ policies }), given('eu-central-1'))).toMatchObject({
    newWriter: null,
    lawfulTargets: [],
    loss: null,
    says: expect.stringContaining('the law keeps tenants out of eu-west-1'),
  })
})

test('a tenant that no policy covers may be served from nowhere else', () => {
  expect(decideWhatIf(readyWorld({ tenantCount: 41 }), given('eu-central-1')).newWriter).toBeNull()
})

test('a standby that nobody has seen lately is no successor', () => {
  const members = [member('fra-1', 'eu-central-1', {}), member('fra-2', 'eu-west-1', { observedAtMs: NOW_MS - 60_000 })]
  expect(decideWhatIf(readyWorld({ members }), given('eu-central-1')).newWriter).toBeNull()
})

test('losing a standby moves nobody', () => {
  expect(decideWhatIf(readyWorld(), given('eu-west-1'))).toMatchObject({
    loses: 'standby',
    newWriter: 'fra-1',
    says: expect.stringContaining('no copy is left'),
  })
  expect(decideWhatIf(readyWorld(), given('ap-southeast-1'))).toMatchObject({ loses: 'nothing', newWriter: 'fra-1' })
})

test('a server that a failover left behind is no copy to lose, and no successor', () => {
  expect(decideWhatIf(readyWorld(), given('eu-west-1', ['fra-2'])).says).toBe(
    'fra-1 goes on: fra-2 in eu-west-1 is a stale server, and stood by for nobody.',
  )
  expect(decideWhatIf(readyWorld(), given('eu-central-1', ['fra-2']))).toMatchObject({
    newWriter: null,
    says: 'Nobody could take over. fra-2: it is a stale server, and no standby until it is rebuilt.',
  })
})
