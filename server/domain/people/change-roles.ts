import { DomainError } from '@/model/errors'
import { type Role, roles } from '@/model/permissions'
import type { Clock } from '@/server/clock'
import { appendAudit, type Db, type Tx, transact } from '@/server/db'

/** `by` names the entry point in the audit trail: whoever runs it on the machine is nobody the console knows. */
type RosterDeps = { db: Db; clock: Clock; servedFrom: string; by: string }

/** One role more or one less for one person. Rejects with a sentence; then nothing has changed. */
type RoleChange = { email: string; role: string }

export async function grantRole(deps: RosterDeps, { email, role }: RoleChange): Promise<{ says: string }> {
  const wanted = knownRole(role)
  return inTurn(deps.db, async (tx) => {
    const person = await findPerson(tx, email)
    if (person.disabledAt) throw new DomainError('conflict', `${person.email} is disabled and takes no role.`)
    if (person.roles.includes(wanted)) throw new DomainError('conflict', `${person.email} is ${wanted} already.`)
    await tx.roleGrant.create({ data: { personId: person.id, role: wanted } })
    await record(tx, deps, { action: 'person.role-granted', personId: person.id, detail: { role: wanted } })
    return { says: `${person.email} is ${listed([...person.roles, wanted])} now.` }
  })
}

export async function revokeRole(deps: RosterDeps, { email, role }: RoleChange): Promise<{ says: string }> {
  const unwanted = knownRole(role)
  return inTurn(deps.db, async (tx) => {
    const person = await findPerson(tx, email)
    if (!person.roles.includes(unwanted)) throw new DomainError('conflict', `${person.email} is not ${unwanted}.`)
    if (unwanted === 'admin') await expectAnotherAdmin(tx, person)
    await tx.roleGrant.updateMany({
      where: { personId: person.id, role: unwanted, revokedAt: null },
      data: { revokedAt: deps.clock.now() },
    })
    await record(tx, deps, { action: 'person.role-revoked', personId: person.id, detail: { role: unwanted } })
    const left = person.roles.filter((held) => held !== unwanted)
    return { says: left.length > 0 ? `${person.email} is ${listed(left)} now.` : `${person.email} has no role now.` }
  })
}

/** Final: the person stays in the audit trail; no sign-in counts, and open sessions end with their next request. */
export async function disablePerson(deps: RosterDeps, { email }: { email: string }): Promise<{ says: string }> {
  return inTurn(deps.db, async (tx) => {
    const person = await findPerson(tx, email)
    if (person.disabledAt) throw new DomainError('conflict', `${person.email} is disabled already.`)
    if (person.roles.includes('admin')) await expectAnotherAdmin(tx, person)
    await tx.person.update({ where: { id: person.id }, data: { disabledAt: deps.clock.now() } })
    await record(tx, deps, { action: 'person.disabled', personId: person.id, detail: {} })
    return { says: `${person.email} is disabled: no sign-in and no request of an old session counts any more.` }
  })
}

/** One change at a time: of two that each take one of the last two admins, the later one must see the earlier. */
function inTurn<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return transact(db, async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('homeport.people'))`
    return work(tx)
  })
}

type Found = { id: string; email: string; disabledAt: Date | null; roles: string[] }

async function findPerson(tx: Tx, email: string): Promise<Found> {
  const person = await tx.person.findUnique({
    where: { email: email.toLowerCase() },
    select: { id: true, email: true, disabledAt: true, grants: { where: { revokedAt: null }, select: { role: true } } },
  })
  if (!person) throw new DomainError('not-found', `Nobody has the e-mail address ${email}.`)
  return { ...person, roles: person.grants.map(({ role }) => role) }
}

async function expectAnotherAdmin(tx: Tx, { id, email }: Found): Promise<void> {
  const others = await tx.person.count({
    where: {
      id: { not: id },
      kind: 'human',
      disabledAt: null,
      users: { some: {} },
      grants: { some: { role: 'admin', revokedAt: null } },
    },
  })
  if (others === 0) throw new DomainError('precondition-failed', `${email} is the only admin. Make another one first.`)
}

function knownRole(role: string): Role {
  const known = roles.find((name) => name === role)
  if (!known) throw new DomainError('invalid-input', `There is no role "${role}". Roles: ${roles.join(', ')}.`)
  return known
}

type Change = {
  action: 'person.role-granted' | 'person.role-revoked' | 'person.disabled'
  personId: string
  detail: { readonly role?: Role }
}

async function record(
  tx: Tx,
  { clock, servedFrom, by }: RosterDeps,
  { action, personId, detail }: Change,
): Promise<void> {
  await appendAudit(tx, {
    actor: { kind: 'service', name: by },
    action,
    aggregateType: 'person',
    aggregateId: personId,
    homeRegion: servedFrom,
    occurredAt: clock.now(),
    detail: { personId, ...detail },
  })
}

const listed = (held: readonly string[]): string => held.join(' and ')
