import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '@/server/clock'
import { startCatalog, type TestCatalog } from '@/server/db/testing'
import { disablePerson, grantRole, listPeople, revokeRole } from './index'

let catalog: TestCatalog
beforeAll(async () => {
  catalog = await startCatalog()
})
afterAll(() => catalog?.stop())

const deps = () => ({ db: catalog.db, clock: systemClock, servedFrom: 'eu-west-1', by: 'people-command' })
const ada = 'ada@homeport.example'
const ben = 'ben@homeport.example'

async function createPerson(email: string, role: string): Promise<void> {
  await catalog.db.person.create({
    data: { name: email, email, grants: { create: { role } }, users: { create: { id: email, name: email, email } } },
  })
}

beforeEach(async () => {
  await catalog.db.roleGrant.deleteMany()
  await catalog.db.user.deleteMany()
  await catalog.db.person.deleteMany()
  await createPerson(ada, 'admin')
  await createPerson(ben, 'viewer')
})

const rolesOf = async (email: string) => (await listPeople(catalog.db)).find((person) => person.email === email)?.roles

/** What the newest events say of whom; the trail is append-only, so earlier tests are in it too. */
async function eventsOf(email: string): Promise<unknown[]> {
  const { id } = await catalog.db.person.findUniqueOrThrow({ where: { email } })
  const events = await catalog.db.globalAuditEvent.findMany({
    where: { aggregateId: id },
    orderBy: { recordedAt: 'asc' },
  })
  return events.map(({ actionType, metadata }) => [actionType, (metadata as { role?: string }).role])
}

describe('the roles of people', () => {
  test('are granted and revoked, each with its event', async () => {
    expect(await grantRole(deps(), { email: 'Ben@Homeport.example', role: 'approver' })).toEqual({
      says: `${ben} is viewer and approver now.`,
    })
    expect(await rolesOf(ben)).toEqual(['approver', 'viewer'])
    await revokeRole(deps(), { email: ben, role: 'viewer' })
    expect(await rolesOf(ben)).toEqual(['approver'])
    expect(await revokeRole(deps(), { email: ben, role: 'approver' })).toEqual({ says: `${ben} has no role now.` })
    await grantRole(deps(), { email: ben, role: 'approver' })
    expect(await eventsOf(ben)).toEqual([
      ['person.role-granted', 'approver'],
      ['person.role-revoked', 'viewer'],
      ['person.role-revoked', 'approver'],
      ['person.role-granted', 'approver'],
    ])
  })

  test.each<[string, () => Promise<unknown>, string]>([
    [
      'an unknown person',
      () => grantRole(deps(), { email: 'no@homeport.example', role: 'viewer' }),
      'Nobody has the e-mail address no@homeport.example.',
    ],
    [
      'an unknown role',
      () => grantRole(deps(), { email: ben, role: 'owner' }),
      'There is no role "owner". Roles: viewer, operator, approver, compliance, admin.',
    ],
    ['a role that is held', () => grantRole(deps(), { email: ben, role: 'viewer' }), `${ben} is viewer already.`],
    ['a role that is not held', () => revokeRole(deps(), { email: ben, role: 'admin' }), `${ben} is not admin.`],
    [
      'the last admin’s role',
      () => revokeRole(deps(), { email: ada, role: 'admin' }),
      `${ada} is the only admin. Make another one first.`,
    ],
    [
      'the last admin',
      () => disablePerson(deps(), { email: ada }),
      `${ada} is the only admin. Make another one first.`,
    ],
  ])('%s is refused, and nothing changes', async (_, change, says) => {
    const before = await listPeople(catalog.db)
    await expect(change()).rejects.toMatchObject({ says })
    expect(await listPeople(catalog.db)).toEqual(before)
    expect([...(await eventsOf(ada)), ...(await eventsOf(ben))]).toEqual([])
  })

  test('leave with a disabled person, who counts for no admin and takes no other role', async () => {
    await grantRole(deps(), { email: ben, role: 'admin' })
    await disablePerson(deps(), { email: ben })
    expect((await listPeople(catalog.db)).find(({ email }) => email === ben)?.isDisabled).toBe(true)
    expect((await eventsOf(ben)).at(-1)).toEqual(['person.disabled', undefined])
    await expect(revokeRole(deps(), { email: ada, role: 'admin' })).rejects.toThrow('the only admin')
    await expect(grantRole(deps(), { email: ben, role: 'operator' })).rejects.toThrow('is disabled')
    await expect(disablePerson(deps(), { email: ben })).rejects.toThrow('disabled already')
  })

  test('keep an admin when the last two are taken at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      for (const email of [ada, ben]) {
        const { id } = await catalog.db.person.findUniqueOrThrow({ where: { email } })
        await catalog.db.roleGrant.deleteMany({ where: { personId: id, role: 'admin' } })
        await catalog.db.roleGrant.create({ data: { personId: id, role: 'admin' } })
      }
      const outcomes = await Promise.allSettled([
        revokeRole(deps(), { email: ada, role: 'admin' }),
        revokeRole(deps(), { email: ben, role: 'admin' }),
      ])
      expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    }
  })
})
