/** Roles are held by persons. `service` is the role of an application that asks for routes; no person holds it. */
export const roles = ['viewer', 'operator', 'approver', 'compliance', 'admin'] as const
export type Role = (typeof roles)[number]
export type PrincipalRole = Role | 'service'

const everyone = ['viewer', 'operator', 'approver', 'compliance', 'admin'] as const

/** Who may do what: read by the server, the interface and the tests. A procedure without an entry does not exist. */
export const permissions = {
  'estate:read': everyone,
  'telemetry:read': everyone,
  'operation:read': everyone,
  'operation:request': ['operator', 'admin'],
  'operation:approve': ['approver', 'admin'], // never the requester: the verb and the database both refuse it
  'operation:control': ['operator', 'admin'],
  'operation:acknowledge': ['operator', 'approver', 'admin'], // moves nothing: it ends the rest after a forced failover
  'operation:break-glass': ['operator', 'admin'], // skips the quorum, never the fence and never the audit
  'break-glass:review': ['approver', 'compliance', 'admin'], // never whoever used it: the verb and the database both refuse
  'request:recheck': ['operator', 'approver', 'admin'],
  'drill:run': ['operator', 'admin'], // on a clone, and its schedule; a drill on the live cell is asked for and approved
  'hold:place': ['operator', 'compliance', 'admin'],
  'alert:read': everyone,
  'alert:acknowledge': ['operator', 'approver', 'admin'],
  'conflict:read': everyone, // keys and names of columns; the rows stay in the cell
  'conflict:decide': ['operator', 'compliance', 'admin'],
  'notification:read': everyone, // never where a channel leads in full
  'notification:manage': ['admin'],
  'audit:read': ['operator', 'approver', 'compliance', 'admin'],
  'audit:export': ['compliance', 'admin'],
  'people:read': everyone,
  'session:own': everyone,
  'route:read': [...everyone, 'service'],
  'traffic:report': ['service'], // an application tells what it counted; people never do
} as const satisfies Record<string, readonly PrincipalRole[]>

export type Permission = keyof typeof permissions

/**
 * What also asks for a second factor proven lately, whoever calls. A record of it and not its enforcement: each verb demands the
 * proof itself, by `provenAt` of model/step-up.ts, and permission-matrix.test.ts prints this list beside the roles. Rejecting and
 * withdrawing do not ask: they keep things as they are, and nobody should look for a telephone to do that.
 */
export const steppedUpProcedures: readonly string[] = [
  'breakGlass.start',
  'operations.abort',
  'operations.pause',
  'operations.resume',
  'operations.retry',
  'requests.approve',
  'session.addPasskey',
  'session.askPasskey',
  'session.removePasskey',
  'staleServers.bringBack',
]

export function rolesMay(held: readonly PrincipalRole[], permission: Permission): boolean {
  const allowed: readonly PrincipalRole[] = permissions[permission]
  return held.some((role) => allowed.includes(role))
}

/** The sentence a disabled button or a forbidden page shows: what role is needed and who grants it. */
export function whoMay(permission: Permission): string {
  const allowed = permissions[permission].filter((role) => role !== 'service')
  if (allowed.length === 0) return 'Only an application may do this, with its service token.'
  return `Needs the role ${allowed.join(' or ')}. An admin grants it at a shell, by npm run people.`
}
