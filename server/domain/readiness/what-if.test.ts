import { expect, test } from 'vitest'
import { planForcedFailover } from '../operations'
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
    loss: { kind: 'unknown', seconds: null },
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
    loss: { kind: 'unknown', seconds: null },
    says: 'Nobody could take over. fra-2: it is a stale server, and no standby until it is rebuilt.',
  })
})

/** fra-1 is dead: last answer 4 s ago, refused since 3 s; fra-2 follows nobody and holds its heartbeat of 4.5 s ago. */
const deadWriter = (isFenced: boolean, standby: Parameters<typeof member>[2] = {}) =>
  readyWorld({
    members: [
      member(
        'fra-1',
        'eu-central-1',
        { isReachable: false, detail: 'refused', lastReachableAtMs: NOW_MS - 4_000 },
        {
          finding: { name: 'ServerDown', says: 'fra-1 does not run.', since: null, vantages: [] },
          lastAnswerAtMs: NOW_MS - 4_000,
          firstRefusalAtMs: NOW_MS - 3_000,
          agent: { isReady: isFenced, says: 'The fleet answers.', checkedAtMs: NOW_MS - 5_000 },
        },
      ),
      member('fra-2', 'eu-west-1', { receiverStatus: null, heartbeatAtMs: NOW_MS - 4_500, ...standby }),
    ],
    writesPerSecond: 0,
    acknowledged: [-70, -60, -50, -40, -30, -20, -10].map((s) => ({
      fromMs: NOW_MS + s * 1_000,
      toMs: NOW_MS + (s + 10) * 1_000,
      count: 1_000,
      failedCount: 0,
    })),
  })

test('a writer that does not answer is judged as the dry run of a forced failover judges it, with its bound', () => {
  const world = deadWriter(true)
  const order = { targetMember: null, madeBy: 'm', steps: [], overrides: [], isBreakGlass: false, isDeclared: false }
  const [candidate] = planForcedFailover(world, order).candidates
  expect(candidate).toMatchObject({ member: 'fra-2', usable: true })
  expect(decideWhatIf(world, given('eu-central-1'))).toMatchObject({
    newWriter: 'fra-2',
    loss: candidate!.loss,
    headroomPercent: 80,
    says: 'fra-2 would take over: it followed fra-1, which does not answer, and every tenant may be served from eu-west-1.',
  })
})

test.each([
  ['nothing can fence it', deadWriter(false), /Nothing can fence fra-1 now/],
  ['the standby is of another history', deadWriter(true, { timeline: 2 }), /fra-2 is on timeline 2/],
])('nobody takes over from a silent writer while %s, and the loss is unknown', (_, world, says) => {
  expect(decideWhatIf(world, given('eu-central-1'))).toMatchObject({
    newWriter: null,
    loss: { kind: 'unknown', seconds: null },
    says: expect.stringMatching(says),
  })
})
