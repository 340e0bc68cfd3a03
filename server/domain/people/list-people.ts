import type { Db } from '@/server/db'

const PEOPLE_MAX = 1_000

export type ListedPerson = { email: string; name: string; roles: string[]; isDisabled: boolean }

/** Everybody who is or was known, by e-mail address, with the roles they hold now; the first thousand. */
export async function listPeople(db: Db): Promise<ListedPerson[]> {
  const people = await db.person.findMany({
    orderBy: { email: 'asc' },
    take: PEOPLE_MAX,
    select: {
      email: true,
      name: true,
      disabledAt: true,
      grants: { where: { revokedAt: null }, select: { role: true }, orderBy: { role: 'asc' } },
    },
  })
  return people.map(({ email, name, disabledAt, grants }) => ({
    email,
    name,
    roles: grants.map(({ role }) => role),
    isDisabled: disabledAt !== null,
  }))
}
