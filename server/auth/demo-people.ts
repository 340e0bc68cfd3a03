import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { roles } from '@/model/permissions'
import { readKeptFile, readOrMakeKeptFile } from '@/server/kept-file'
import { createPeople, makeTotpSecret, type PeopleDeps, type PersonCredentials, totpUri } from './people'

/** Fictional, one a role. They exist on the embedded default only. */
const demoPeople = [
  { name: 'Vera Lindqvist', email: 'viewer@homeport.example', role: 'viewer' },
  { name: 'Omar Castellan', email: 'operator@homeport.example', role: 'operator' },
  { name: 'Ana Prietova', email: 'approver@homeport.example', role: 'approver' },
  { name: 'Clara Vosberg', email: 'compliance@homeport.example', role: 'compliance' },
  { name: 'Aiko Tanemura', email: 'admin@homeport.example', role: 'admin' },
] as const

const PASSWORD_BYTES = 15

const Kept = z.array(
  z.object({
    name: z.string(),
    email: z.email(),
    role: z.enum(roles),
    password: z.string(),
    totpSecret: z.string(),
    totpUri: z.string(),
  }),
)

/** What `file` holds; when it is missing, it is made (mode 600) with new credentials for the demo people. */
export function makeDemoPeople(file: string): Promise<PersonCredentials[]> {
  return readOrMakeKeptFile(file, Kept, () => demoPeople.map(withCredentials))
}

/**
 * Makes the demo people whose credentials `file` holds, and makes the file first when it is missing: a start that dies in
 * between finds it and goes on from it. Doing it again changes nothing. Returns what the file holds.
 */
export async function seedDemoPeople(
  deps: Omit<PeopleDeps, 'createdBy'>,
  { file }: { file: string },
): Promise<PersonCredentials[]> {
  const people = await makeDemoPeople(file)
  const known = await deps.db.person.findMany({
    where: { email: { in: people.map(({ email }) => email) } },
    select: { email: true },
  })
  const missing = people.filter(({ email }) => !known.some((person) => person.email === email))
  await createPeople({ ...deps, createdBy: 'first-start' }, missing)
  return people
}

function withCredentials(person: (typeof demoPeople)[number]): PersonCredentials {
  const totpSecret = makeTotpSecret()
  const password = randomBytes(PASSWORD_BYTES).toString('base64url')
  return { ...person, password, totpSecret, totpUri: totpUri(person.email, totpSecret) }
}

/** What `file` holds, or null when there is none yet. Throws with what to do when it is not what it should be. */
export function readDemoPeople(file: string): Promise<PersonCredentials[] | null> {
  return readKeptFile(file, Kept)
}
