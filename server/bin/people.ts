/**
 * `npm run people -- COMMAND`: who may sign in, and with which roles; see people/options.ts. A password comes by standard
 * input, so that it is in no process list and no shell history.
 */
import { DomainError } from '@/model/errors'
import { createPeople } from '@/server/auth'
import { systemClock } from '@/server/clock'
import { createDb, type Db } from '@/server/db'
import { disablePerson, grantRole, type ListedPerson, listPeople, revokeRole } from '@/server/domain/people'
import { explainUsage, UsageError } from './command-line'
import { exitCodeOf } from './exit-code'
import { type Catalog, findCatalog } from './people/find-catalog'
import { type PeopleCommand, parsePeople, usage } from './people/options'

const PASSWORD_CHARS_MAX = 1024
/** How these events name their entry point. */
const BY = 'people-command'

async function main(): Promise<string> {
  const command = parsePeople(process.argv.slice(2))
  if (command === 'help') return usage
  const password = command.verb === 'create' ? await readPassword() : ''
  const catalog = await findCatalog(command.dataDir)
  const db = createDb(catalog.url, { poolSize: 1 })
  try {
    return await run(command, password, { ...catalog, db })
  } finally {
    await db.$disconnect()
  }
}

async function run(command: PeopleCommand, password: string, { db, authSecret, servedFrom }: Catalog & { db: Db }) {
  const deps = { db, clock: systemClock, servedFrom }
  switch (command.verb) {
    case 'list':
      return tabulate(await listPeople(db))
    case 'create': {
      const { name, email, role } = command
      const people = [{ name, email, role, password }]
      const [person] = await createPeople({ ...deps, secret: authSecret, createdBy: BY }, people)
      return `${email} may sign in as ${role}. Second factor, shown once:\n${person?.totpUri}`
    }
    case 'grant':
      return (await grantRole({ ...deps, by: BY }, command)).says
    case 'revoke':
      return (await revokeRole({ ...deps, by: BY }, command)).says
    case 'disable':
      return (await disablePerson({ ...deps, by: BY }, command)).says
  }
}

async function readPassword(): Promise<string> {
  if (process.stdin.isTTY) throw new UsageError('The password is read from standard input: add < FILE.')
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += chunk
    if (text.length > PASSWORD_CHARS_MAX) throw new DomainError('invalid-input', 'The password is too long.')
  }
  return text.replace(/\r?\n$/, '')
}

function tabulate(people: readonly ListedPerson[]): string {
  const rows = people.map(({ email, name, roles, isDisabled }) => [
    email,
    name,
    isDisabled ? 'disabled' : roles.join(', ') || 'no role',
  ])
  const all = [['EMAIL', 'NAME', 'ROLES'], ...rows]
  const widths = [0, 1].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n')
}

try {
  console.log(await main())
} catch (error) {
  const isUsage = error instanceof UsageError
  console.error(
    isUsage ? explainUsage(error, 'npm run people') : error instanceof Error ? error.message : String(error),
  )
  process.exitCode = exitCodeOf(error)
}
