import { DomainError } from '@/model/errors'
import { type Permission, type PrincipalRole, rolesMay, whoMay } from '@/model/permissions'
import type { Clock } from './clock'
import type { Actor, Db } from './db'

/** The one on whose behalf a verb runs. `steppedUpAt`: when the second factor was last proven in this session. */
export type Principal =
  | {
      kind: 'person'
      personId: string
      name: string
      roles: readonly PrincipalRole[]
      sessionId: string
      steppedUpAt: Date | null
    }
  | {
      kind: 'service'
      name: string
      roles: readonly PrincipalRole[]
    }

export type Person = Extract<Principal, { kind: 'person' }>

/** What every verb and query takes first. `principal` is null for nobody: such a context may read nothing. */
export type Ctx = {
  db: Db
  clock: Clock
  principal: Principal | null
  requestId: string
  servedFrom: string
}

/** Called first by every verb; the API checked the same table, and this call holds even if a caller forgets the API. */
export function authorize(ctx: Ctx, permission: Permission): Principal {
  if (!ctx.principal) throw new DomainError('forbidden', 'Sign in first.')
  if (!rolesMay(ctx.principal.roles, permission)) throw new DomainError('forbidden', whoMay(permission))
  return ctx.principal
}

/** For what only a human may do: a vote, a request. */
export function authorizePerson(ctx: Ctx, permission: Permission): Person {
  const principal = authorize(ctx, permission)
  if (principal.kind !== 'person') throw new DomainError('forbidden', 'Only a person may do this.')
  return principal
}

export function actorOf(principal: Principal): Actor {
  return principal.kind === 'person'
    ? { kind: 'person', personId: principal.personId, name: principal.name, sessionId: principal.sessionId }
    : { kind: 'service', name: principal.name }
}
