import { randomBytes } from 'node:crypto'
import { hashPassword, symmetricEncrypt } from 'better-auth/crypto'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { DomainError } from '@/model/errors'
import type { Role } from '@/model/permissions'
import type { Clock } from '@/server/clock'
import { appendAudit, type Db, transact } from '@/server/db'
import { PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN } from './session-limits'
import { base32Decode, base32Encode } from './totp'

/** `totpSecret` in base32, as an authenticator takes it; left out, one is made. */
export type NewPerson = { name: string; email: string; role: Role; password: string; totpSecret?: string }
export type PersonCredentials = {
  name: string
  email: string
  role: Role
  password: string
  totpSecret: string
  totpUri: string
}

/** `secret` is HOMEPORT_AUTH_SECRET: second factors are encrypted with it. `createdBy` names the entry point in the audit trail. */
export type PeopleDeps = { db: Db; clock: Clock; secret: string; servedFrom: string; createdBy: string }

const TOTP_SECRET_CHARS = 32
/** What a sign-in takes at most. */
const EMAIL_CHARS_MAX = 320

/**
 * Makes persons with an account, one role, a password and a second factor that is enrolled already. All or none. Errors:
 * invalid-input for what is no e-mail address or a password outside 12 to 128 characters, conflict for an e-mail address that is taken.
 */
export async function createPeople(deps: PeopleDeps, people: readonly NewPerson[]): Promise<PersonCredentials[]> {
  const prepared = await Promise.all(people.map((person) => prepare(deps, person)))
  await transact(deps.db, async (tx) => {
    for (const { person, rows } of prepared) {
      const taken = await tx.person.findUnique({ where: { email: rows.email } })
      if (taken) throw new DomainError('conflict', `${rows.email} belongs to a person already.`)
      const created = await tx.person.create({
        data: {
          name: person.name,
          email: rows.email,
          grants: { create: { role: person.role } },
          users: {
            create: {
              id: rows.userId,
              name: person.name,
              email: rows.email,
              emailVerified: true,
              twoFactorEnabled: true,
              accounts: {
                create: { id: uuidv7(), accountId: rows.userId, providerId: 'credential', password: rows.passwordHash },
              },
              twofactors: {
                create: { id: uuidv7(), secret: rows.factor, backupCodes: rows.backupCodes, verified: true },
              },
            },
          },
        },
      })
      await appendAudit(tx, {
        actor: { kind: 'service', name: deps.createdBy },
        action: 'person.created',
        aggregateType: 'person',
        aggregateId: created.id,
        homeRegion: deps.servedFrom,
        occurredAt: deps.clock.now(),
        detail: { role: person.role },
      })
    }
  })
  return prepared.map(({ credentials }) => credentials)
}

/** Slow on purpose (scrypt), hence outside the transaction. */
async function prepare({ secret }: PeopleDeps, person: NewPerson) {
  if (!z.email().max(EMAIL_CHARS_MAX).safeParse(person.email).success)
    throw new DomainError('invalid-input', `"${person.email.slice(0, EMAIL_CHARS_MAX)}" is not an e-mail address.`)
  if (person.password.length < PASSWORD_CHARS_MIN || person.password.length > PASSWORD_CHARS_MAX)
    throw new DomainError('invalid-input', `A password has ${PASSWORD_CHARS_MIN} to ${PASSWORD_CHARS_MAX} characters.`)
  const email = person.email.toLowerCase()
  const totpSecret = person.totpSecret ?? makeTotpSecret()
  const raw = Buffer.from(base32Decode(totpSecret)).toString('utf8')
  const rows = {
    userId: uuidv7(),
    email,
    passwordHash: await hashPassword(person.password),
    factor: await symmetricEncrypt({ key: secret, data: raw }),
    // None: a backup code is a password that never changes. A lost authenticator is an admin's business.
    backupCodes: await symmetricEncrypt({ key: secret, data: '[]' }),
  }
  const { name, role, password } = person
  const credentials = { name, email, role, password, totpSecret, totpUri: totpUri(email, totpSecret) }
  return { person, rows, credentials }
}

/** better-auth keeps the secret as text, so its bytes are printable characters: 32 of them hold 160 bits and more. */
export function makeTotpSecret(): string {
  return base32Encode(
    Buffer.from(randomBytes(TOTP_SECRET_CHARS).toString('base64url').slice(0, TOTP_SECRET_CHARS), 'ascii'),
  )
}

/** What an authenticator application scans. */
export function totpUri(email: string, totpSecret: string): string {
  const label = encodeURIComponent(`Homeport:${email}`)
  return `otpauth://totp/${label}?secret=${totpSecret}&issuer=Homeport&digits=6&period=30`
}
