import { expect, test } from 'vitest'
import { judgeCell, type ReadinessFacts } from './judge-cell'
import type { ReadinessCheck } from './readiness-checks'
import { member, NOW_MS, readyFacts, readyWorld, settings } from './testing'

test('a cell that is ready passes every check', () => {
  const { standby, found } = judgeCell(readyFacts())
  expect(standby?.id).toBe('fra-2')
  for (const [check, { outcome, says }] of Object.entries(found)) expect(outcome, `${check}: ${says}`).toBe('passed')
})

const writer = member('fra-1', 'eu-central-1', {})
const standby = (...change: [Parameters<typeof member>[2], Parameters<typeof member>[3]?]) =>
  readyWorld({ members: [writer, member('fra-2', 'eu-west-1', ...change)] })
const withSettings = (theirs: ReturnType<typeof settings>, ours = settings()) =>
  new Map([
    ['fra-1', ours],
    ['fra-2', theirs],
  ])
const omar = { id: 'Omar', name: 'Omar' }
const people = (able: [string, boolean][], requesters = [omar]) => ({
  quorum: 2,
  people: able.map(([name, hasSecondFactor]) => ({ id: name, name, hasSecondFactor })),
  requesters,
})

test.each<[string, ReadinessCheck, Partial<ReadinessFacts>, string, RegExp]>([
  ['nothing streams', 'standby', { world: standby({ receiverStatus: null }) }, 'failed', /receives nothing/],
  [
    'the standby was not seen',
    'standby',
    { world: standby({ observedAtMs: NOW_MS - 60_000 }) },
    'unknown',
    /last observed/,
  ],
  ['there is no standby', 'standby', { world: readyWorld({ members: [writer] }) }, 'failed', /no other member/],
  [
    'the law forbids the target',
    'lawful-target',
    { world: readyWorld({ policies: [{ ...readyWorld().policies[0]!, allowedRegions: ['eu-central-1'] }] }) },
    'failed',
    /out of eu-west-1/,
  ],
  ['it lags beyond the promise', 'lag-objective', { rpoObjectiveMs: 500 }, 'failed', /the objective is 500 ms/],
  ['nobody knows the lag', 'lag-objective', { world: standby({}, { lag: null }) }, 'unknown', /No lag/],
  [
    'nothing could fence it',
    'fence-means',
    {
      world: readyWorld({
        members: [
          member(
            'fra-1',
            'eu-central-1',
            { isReachable: false },
            { agent: null, finding: { ...writer.finding, name: 'ServerUnreachable' } },
          ),
          member('fra-2', 'eu-west-1', {}),
        ],
      }),
    },
    'failed',
    /Nothing could fence fra-1/,
  ],
  [
    'only the server itself could be asked',
    'fence-means',
    { world: readyWorld({ members: [{ ...writer, agent: null }, member('fra-2', 'eu-west-1', {})] }) },
    'passed',
    /cannot be reached, nothing fences it/,
  ],
  [
    'the writer is dead, and heartbeats grow old without a write',
    'lag-objective',
    {
      world: readyWorld({
        members: [
          member('fra-1', 'eu-central-1', {}, { finding: { ...writer.finding, name: 'ServerDown' } }),
          member('fra-2', 'eu-west-1', {}),
        ],
      }),
    },
    'unknown',
    /^The writer fra-1 does not answer: only the dry run of a forced failover bounds the loss\.$/,
  ],
  [
    'a failover waits to be acknowledged',
    'cool-down',
    { world: readyWorld({ unacknowledgedFailover: { code: 'OP-2', finishedAtMs: NOW_MS - 3_600_000 } }) },
    'failed',
    /must be acknowledged\. Open OP-2 and acknowledge it\.$/,
  ],
  [
    'the writer moved just now',
    'cool-down',
    { world: readyWorld({ lastSwitchover: { code: 'OP-3', finishedAtMs: NOW_MS - 5_000, wentBack: false } }) },
    'failed',
    /the cell rests for 30 s/,
  ],
  [
    'an incident is declared',
    'no-hold',
    { world: readyWorld({ holds: [{ kind: 'incident', level: 'cell', subject: 'fra', reason: 'Disks fail' }] }) },
    'failed',
    /An incident hold lies on cell fra: Disks fail/,
  ],
  ['a table is open', 'gate', { world: standby({ unprotected: ['public.case'] }) }, 'failed', /public\.case/],
  ['one approver only', 'approvers', { approvers: people([['Ana', true]]) }, 'failed', /and 1 could/],
  [
    'only an approver could ask',
    'approvers',
    {
      approvers: people([
        ['Ana', true],
        ['Omar', true],
      ]),
    },
    'failed',
    /nobody could ask for it and leave 2 of them/,
  ],
  [
    'one of those who could ask is needed to approve',
    'approvers',
    {
      approvers: people(
        [
          ['Ana', true],
          ['Aiko', true],
        ],
        [omar, { id: 'Aiko', name: 'Aiko' }],
      ),
    },
    'passed',
    /Not enough are left when Aiko asks/,
  ],
  [
    'no second factor',
    'approvers',
    {
      approvers: people([
        ['Ana', true],
        ['Ben', false],
      ]),
    },
    'failed',
    /no second factor/,
  ],
  ['a clock is off', 'clock-skew', { world: standby({ clockSkewMs: 9_000 }) }, 'failed', /clocks of .* differ by 9 s/],
  ['the load does not fit', 'capacity', { world: standby({}, { writesMax: 105 }) }, 'failed', /at least 15 %/],
  ['capacity is not declared', 'capacity', { world: standby({}, { writesMax: null }) }, 'unknown', /not declared/],
  [
    'a setting differs',
    'same-settings',
    { settings: withSettings(settings({ values: { max_connections: '20' } })) },
    'failed',
    /max_connections is 60 on fra-1 and 20 on fra-2/,
  ],
  [
    'settings are not known',
    'same-settings',
    { settings: withSettings({ reachable: false, detail: 'gone' }) },
    'unknown',
    /fra-2 was not asked.*gone/,
  ],
  [
    'nothing is archived',
    'backup',
    { settings: withSettings(settings(), settings({ archive: null })) },
    'not-configured',
    /No backup is configured/,
  ],
  [
    'archiving fails',
    'backup',
    {
      settings: withSettings(
        settings(),
        settings({ archive: { lastArchivedAt: new Date(NOW_MS - 60_000), lastFailedAt: new Date(NOW_MS - 1_000) } }),
      ),
    },
    'failed',
    /has failed to since/,
  ],
  ['never drilled', 'drill-clone', { lastDrills: new Map() }, 'never-drilled', /No drill of this kind/],
  [
    'the last drill missed',
    'drill-switchover',
    { lastDrills: new Map([['drill-switchover', { code: 'OP-9', finishedAtMs: NOW_MS, isMet: false }]]) },
    'failed',
    /missed an objective/,
  ],
])('%s', (_, check, change, outcome, says) => {
  const { found } = judgeCell(readyFacts(change))
  expect(found[check]).toMatchObject({ outcome, says: expect.stringMatching(says) })
})

test('a server that a failover left behind is no second copy, whatever it answers', () => {
  const world = readyWorld({
    members: [writer, member('fra-2', 'eu-west-1', { role: 'primary', receiverStatus: null })],
  })
  const { standby: found, found: checks } = judgeCell(readyFacts({ world, leftBehind: ['fra-2'] }))
  expect(found).toBeNull()
  expect(checks.standby).toEqual({
    outcome: 'failed',
    says: 'The cell has no second copy until fra-2 is rebuilt: a failover left it behind.',
  })
  for (const check of ['lag-objective', 'clock-skew', 'capacity', 'same-settings'] as const)
    expect(checks[check], check).toMatchObject({ outcome: 'unknown', says: expect.stringContaining('stale server') })
})

test('beside another standby it changes nothing', () => {
  const members = [writer, member('fra-0', 'us-east-1', { role: 'primary' }), member('fra-2', 'eu-west-1', {})]
  const { standby: found, found: checks } = judgeCell(
    readyFacts({ world: readyWorld({ members }), leftBehind: ['fra-0'] }),
  )
  expect(found?.id).toBe('fra-2')
  expect(checks.standby.outcome).toBe('passed')
})

test('a live drill that no law allows stays a risk, and says that nobody can ask for it', () => {
  const whyNoLiveDrill = 'fra has nowhere to go: DE-ONLY keeps 3 tenants out of eu-west-1.'
  const { found: checks } = judgeCell(readyFacts({ lastDrills: new Map(), whyNoLiveDrill }))
  expect(checks['drill-switchover']).toEqual({
    outcome: 'never-drilled',
    says: `No drill of this kind is on record. It cannot be drilled: ${whyNoLiveDrill}`,
  })
})
