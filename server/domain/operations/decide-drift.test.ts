import { expect, test } from 'vitest'
import { decideDrift, describeDrift } from './decide-drift'
import { planSwitchover } from './switchover/plan-switchover'
import { switchoverSteps } from './switchover/switchover-workflow'
import { calmSource, calmTarget, calmWorld, NOW_MS } from './testing'
import type { CellWorld } from './world/cell-world'

const madeBy = '019f0000-0000-7000-8000-0000000000aa'
const plan = planSwitchover(calmWorld(), { targetMember: 'sin-2', madeBy, steps: switchoverSteps }).plan!
const drift = (world: CellWorld) => decideDrift(plan, world, switchoverSteps)
const policies = (change: Partial<CellWorld['policies'][number]>) => [{ ...calmWorld().policies[0]!, ...change }]

test('what changes every second is no drift: positions, lag, rates, ages', () => {
  const later = calmWorld({
    nowMs: NOW_MS + 60_000,
    members: [
      calmSource({ lsn: '0/9000000', observedAtMs: NOW_MS + 59_000 }),
      calmTarget(
        { lsn: '0/8FFFF00', observedAtMs: NOW_MS + 59_000 },
        { lag: { ...calmTarget().lag!, bytes: 1n, heartbeatAgeMs: 1_900, sampledAtMs: NOW_MS + 59_500 } },
      ),
    ],
    writesPerSecond: 80,
  })
  expect(drift(later)).toMatchObject({ drift: [], unknown: [] })
})

test.each<[string, CellWorld, { planned: string; now: string }]>([
  ['write epoch', calmWorld({ epoch: { ...calmWorld().epoch!, epoch: 8n } }), { planned: '7', now: '8' }],
  [
    'writer',
    calmWorld({ epoch: { ...calmWorld().epoch!, activeMember: 'sin-2' } }),
    { planned: 'sin-1', now: 'sin-2' },
  ],
  [
    'system identifier of sin-1',
    calmWorld({ members: [calmSource({ systemIdentifier: '99' }), calmTarget()] }),
    { planned: '7300000000000000001', now: '99' },
  ],
  [
    'timeline of sin-2',
    calmWorld({ members: [calmSource(), calmTarget({ timeline: 2 })] }),
    { planned: '1', now: '2' },
  ],
  [
    'region of sin-2',
    calmWorld({ members: [calmSource(), { ...calmTarget(), region: 'eu-west-1' }] }),
    { planned: 'ap-southeast-2', now: 'eu-west-1' },
  ],
  ['target server', calmWorld({ members: [calmSource()] }), { planned: 'sin-2', now: 'not in the estate' }],
  ['policy APAC', calmWorld({ policies: policies({ version: 4 }) }), { planned: 'version 3', now: 'version 4' }],
  [
    'policy EU',
    calmWorld({ policies: [...policies({ tenantCount: 39 }), ...policies({ code: 'EU', tenantCount: 1 })] }),
    { planned: 'not affected', now: 'version 3' },
  ],
  [
    'tenants affected',
    calmWorld({ tenantCount: 41, policies: policies({ tenantCount: 41 }) }),
    { planned: '40', now: '41' },
  ],
  ['policies violated', calmWorld({ policies: policies({ allowedRegions: [] }) }), { planned: '0', now: '1' }],
  [
    'lag limit in ms',
    calmWorld({ cell: { ...calmWorld().cell, lagMsMax: 60_000 } }),
    { planned: '5000', now: '60000' },
  ],
])('%s is drift, with both values', (what, world, values) => {
  expect(drift(world).drift).toContainEqual({ what, ...values })
})

test('a rule that fails now is drift; a rule that nobody can judge now is not', () => {
  const slow = calmWorld({
    members: [calmSource(), calmTarget({}, { lag: { ...calmTarget().lag!, heartbeatAgeMs: 9_000 } })],
  })
  expect(drift(slow).drift).toMatchObject([{ what: 'The target is close behind', planned: 'was so' }])
  const silent = drift(calmWorld({ members: [calmSource({ observedAtMs: 0 }), calmTarget()] }))
  expect(silent.drift).toEqual([])
  expect(silent.unknown.map(({ rule }) => rule)).toContain('fresh-observation')
})

test('other steps under the same name are drift', () => {
  expect(decideDrift(plan, calmWorld(), switchoverSteps.slice(1)).drift).toMatchObject([{ what: 'steps' }])
})

test('a failed rule says only what it says, and nothing ends in a full stop', () => {
  const { drift: differences } = drift(
    calmWorld({
      epoch: { ...calmWorld().epoch!, epoch: 8n },
      members: [calmSource(), calmTarget({}, { lag: { ...calmTarget().lag!, heartbeatAgeMs: 9_000 } })],
    }),
  )
  const failed = differences.find(({ planned }) => planned === 'was so')!
  const said = describeDrift(differences)
  expect(said).toMatch(/^write epoch was 7, now: 8; /)
  expect(said).toContain(failed.now.replace(/\.$/, ''))
  expect(said).not.toContain(failed.what)
  expect(said).not.toMatch(/was so, now|\.$|\.;/)
})
