import { type Role, roles } from '@/model/permissions'
import { parseWords, UsageError } from '../command-line'

export type PeopleCommand =
  | { verb: 'list' }
  | { verb: 'create'; name: string; email: string; role: Role }
  | { verb: 'grant' | 'revoke'; role: Role; email: string }
  | { verb: 'disable'; email: string }
export type PeopleOptions = PeopleCommand & { dataDir: string | null }

export const usage = `Usage: npm run -s people -- COMMAND [--data-dir DIR]

  list                                      everybody, with the roles they hold
  create --name NAME --email ADDRESS --role ROLE < FILE
                                            somebody new; FILE holds the password, and the second factor is printed once
  grant ROLE --email ADDRESS                one role more
  revoke ROLE --email ADDRESS               one role less; the last admin keeps it
  disable --email ADDRESS                   no sign-in any more, and open sessions end with their next request
  --help                                    this text

ROLE is one of ${roles.join(', ')}.

On the estate that npm start runs on DIR (default .homeport). Where DATABASE_URL is set and DIR is not given, on the catalog
that it names; then HOMEPORT_AUTH_SECRET and HOMEPORT_SERVED_FROM are needed as the web process has them.
exit: 0 done, 1 refused or failed, 2 usage, 3 no fleet runs`

/** Throws `UsageError` with a sentence for anything it does not understand. */
export function parsePeople(args: readonly string[]): PeopleOptions | 'help' {
  const { values, positionals } = parseWords({
    args: [...args],
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      email: { type: 'string' },
      role: { type: 'string' },
      'data-dir': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return 'help'
  const [verb, ...words] = positionals
  const command = parseCommand(verb, words, values)
  return { ...command, dataDir: values['data-dir'] ?? null }
}

type Values = { name?: string; email?: string; role?: string }

function parseCommand(verb: string | undefined, words: string[], { name, email, role }: Values): PeopleCommand {
  switch (verb) {
    case undefined:
      throw new UsageError('Name a command.')
    case 'list':
      expectNothing(words, { '--name': name, '--email': email, '--role': role })
      return { verb }
    case 'create':
      expectNothing(words, {})
      return { verb, name: given(name, '--name'), email: given(email, '--email'), role: roleOf(given(role, '--role')) }
    case 'grant':
    case 'revoke': {
      const [named, ...rest] = words
      expectNothing(rest, { '--name': name, '--role': role })
      return { verb, role: roleOf(given(named, 'The role')), email: given(email, '--email') }
    }
    case 'disable':
      expectNothing(words, { '--name': name, '--role': role })
      return { verb, email: given(email, '--email') }
    default:
      throw new UsageError(`There is no command "${verb}".`)
  }
}

function expectNothing([stray]: readonly string[], options: Readonly<Record<string, string | undefined>>): void {
  if (stray !== undefined) throw new UsageError(`"${stray}" is not understood here.`)
  const option = Object.keys(options).find((key) => options[key] !== undefined)
  if (option) throw new UsageError(`${option} is not understood here.`)
}

function given(value: string | undefined, what: string): string {
  if (!value?.trim()) throw new UsageError(`${what} is missing.`)
  return value
}

function roleOf(text: string): Role {
  const role = roles.find((known) => known === text)
  if (!role) throw new UsageError(`There is no role "${text}". Roles: ${roles.join(', ')}.`)
  return role
}
