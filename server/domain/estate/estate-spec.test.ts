import { expect, test } from 'vitest'
import { EstateSpec, type EstateSpecInput } from './estate-spec'
import { seedDemoTenants } from './seed-demo-tenants'

const regionsOfDemo = {
  jkt: ['ap-southeast-3', 'ap-southeast-1'],
  sin: ['ap-southeast-1', 'ap-southeast-2'],
  fra: ['eu-central-1', 'eu-west-1'],
  iad: ['us-east-1', 'us-west-2'],
  syd: ['ap-southeast-2', 'ap-southeast-1'],
}
const demoCells: EstateSpecInput['cells'] = Object.entries(regionsOfDemo).map(([id, regions]) => ({
  id,
  name: id,
  engine: 'postgres',
  database: 'app',
  admin: { user: 'homeport_admin', secret: 'env:ADMIN' },
  app: { user: 'app', secret: `file:/etc/homeport/secrets.json#cells.${id}.app` },
  firstPrimary: `${id}-1`,
  members: regions.map((region, index) => ({
    id: `${id}-${index + 1}`,
    region,
    host: '127.0.0.1',
    port: 5_432 + index,
  })),
}))
const demo = (): EstateSpecInput => ({
  version: 1,
  cells: structuredClone(demoCells),
  ...seedDemoTenants({ cells: demoCells }),
})

const issuesOf = (input: unknown) => EstateSpec.safeParse(input).error?.issues.map((issue) => issue.message) ?? []

test('the demo estate is valid, has 200 tenants with names and ids of their own, and is the same every time', () => {
  const { tenants } = EstateSpec.parse(demo())
  expect(tenants).toHaveLength(200)
  expect(seedDemoTenants({ cells: demoCells })).toEqual(seedDemoTenants({ cells: demoCells }))
  expect(new Set(tenants.map((tenant) => tenant.name)).size).toBe(200)
})

test.each<[string, string, boolean]>([
  ['sin', 'ap-southeast-2', true],
  ['fra', 'eu-west-1', true],
  ['iad', 'us-west-2', true],
  ['syd', 'ap-southeast-1', true],
  ['jkt', 'ap-southeast-1', false],
])('a switchover of %s to %s is inside every policy of its tenants: %s', (cell, target, isAllowed) => {
  const { policies, tenants } = EstateSpec.parse(demo())
  const allowed = new Map(policies.map((policy) => [policy.code, policy.allowedRegions]))
  expect(
    tenants.filter((tenant) => tenant.cell === cell).every((tenant) => allowed.get(tenant.policy)?.includes(target)),
  ).toBe(isAllowed)
})

test('a write lease is opt-in', () => {
  expect(EstateSpec.parse(demo()).cells[0]!.writeLeaseMs).toBeNull()
  const leased = demo()
  leased.cells[0]!.writeLeaseMs = 3_000
  expect(EstateSpec.parse(leased).cells[0]!.writeLeaseMs).toBe(3_000)
})

test.each<[string, (estate: EstateSpecInput) => void, RegExp]>([
  [
    'a write lease shorter than what a renewal takes',
    (e) => {
      e.cells[0]!.writeLeaseMs = 999
    },
    /1000/,
  ],
  [
    'a region that does not exist',
    (e) => {
      e.cells[0]!.members[0]!.region = 'eu-north-9'
    },
    /not a region that Homeport knows/,
  ],
  [
    'a secret instead of its name',
    (e) => {
      e.cells[0]!.admin.secret = 'hunter2'
    },
    /env:NAME or file:PATH#KEY/,
  ],
  [
    'a member twice',
    (e) => {
      e.cells[1]!.members[0]!.id = 'jkt-1'
    },
    /member jkt-1 is declared twice/,
  ],
  [
    'a first primary that is no member',
    (e) => {
      e.cells[0]!.firstPrimary = 'sin-1'
    },
    /sin-1 is not a member of cell jkt/,
  ],
  [
    'a tenant in a cell that is not there',
    (e) => {
      e.tenants![0]!.cell = 'nowhere'
    },
    /cell nowhere, which is not declared/,
  ],
  [
    'a tenant whose policy forbids its home',
    (e) => {
      e.tenants![0]!.policy = 'EU-ONLY'
    },
    /EU-ONLY does not allow .* to live in ap-southeast-3/,
  ],
  [
    'a misspelt key',
    (e) => {
      Object.assign(e.cells[0]!, { lagMaxMs: 5 })
    },
    /[Uu]nrecognized key/,
  ],
  [
    'a host with more than a host in it',
    (e) => {
      e.cells[0]!.members[0]!.host = 'db;options=-c'
    },
    /host name or an address/,
  ],
])('refuses %s with a sentence', (_, spoil, says) => {
  const estate = demo()
  spoil(estate)
  expect(issuesOf(estate).join('\n')).toMatch(says)
})
