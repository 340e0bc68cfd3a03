/**
 * `node --import tsx server/bin/people.ts create --name NAME --email ADDRESS --role ROLE < password`: makes a person on a real
 * estate. The password comes by standard input, so that it is in no process list and no shell history; the second factor is
 * printed once, for an authenticator application. Needs DATABASE_URL and HOMEPORT_AUTH_SECRET of the web process.
 */
import { parseArgs } from 'node:util'
import { DomainError } from '@/model/errors'
import { type Role, roles } from '@/model/permissions'
import { createPeople } from '@/server/auth'
import { systemClock } from '@/server/clock'
import { createDb } from '@/server/db'
import { env } from '@/server/env'

const USAGE = `Usage: people create --name NAME --email ADDRESS --role ${roles.join('|')} < FILE-WITH-PASSWORD`
const PASSWORD_BYTES_MAX = 1024
const EXIT_REFUSED = 1
const EXIT_USAGE = 2

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { name: { type: 'string' }, email: { type: 'string' }, role: { type: 'string' } },
  })
  const { name, email, role } = values
  if (positionals[0] !== 'create' || !name || !email || !isRole(role)) {
    console.error(USAGE)
    return EXIT_USAGE
  }
  const settings = env()
  const db = createDb(settings.DATABASE_URL, { poolSize: 1 })
  try {
    const deps = {
      db,
      clock: systemClock,
      secret: settings.HOMEPORT_AUTH_SECRET,
      servedFrom: settings.HOMEPORT_SERVED_FROM,
    }
    const password = await readPassword()
    const [person] = await createPeople({ ...deps, createdBy: 'people-command' }, [{ name, email, role, password }])
    console.log(`${email} may sign in as ${role}. Second factor, shown once:\n${person?.totpUri}`)
    return 0
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    console.error(error.says)
    return EXIT_REFUSED
  } finally {
    await db.$disconnect()
  }
}

const isRole = (text: string | undefined): text is Role => roles.some((role) => role === text)

async function readPassword(): Promise<string> {
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += chunk
    if (text.length > PASSWORD_BYTES_MAX) throw new DomainError('invalid-input', 'The password is too long.')
  }
  return text.replace(/\r?\n$/, '')
}

process.exitCode = await main()
