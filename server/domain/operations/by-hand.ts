import type { OperationPlan } from '@/model/schemas/plans'

/**
 * The words that every kind of operation has in common when people carry it out without the console. What is written is read on
 * somebody's worst night: each line says what it must answer, and nothing is claimed that the console alone can do.
 */

/** Which request a script belongs to: the gates know its id, and refuse to open at its epoch for any other. */
export type ByHandOrder = { id: string; planHash: string }

/** The shell variable that reaches a server: a connection string with its password has no place on a page. */
export function variableOf(member: string): string {
  return `$${member.toUpperCase().replaceAll('-', '_')}_ADMIN_DSN`
}

export function onServer(member: string, sql: string, flags = '-c'): string {
  return `psql "${variableOf(member)}" ${flags} "${sql}"`
}

export function onCatalog(sql: string, flags = '-c'): string {
  return `psql "$DATABASE_URL" ${flags} "${sql}"`
}

/** What the variables in the lines below stand for. */
export function sayVariables({ source, target }: Pick<OperationPlan, 'source' | 'target'>): string {
  return `# ${variableOf(source.member)} and ${variableOf(target.member)} reach the two servers as an administrator, $DATABASE_URL reaches the catalog.`
}

export function fenceByHand({ source, scope, epoch }: OperationPlan, { id }: ByHandOrder): string {
  return onServer(source.member, `SELECT homeport.fence_gate('${scope}', ${epoch.to}, '${id}')`)
}

/** The catalog's line decides between forward and back by hand too: whoever compares the same row second is refused. */
export function moveEpochByHand({ source, target, scope, epoch }: OperationPlan): string {
  const set = `epoch = ${epoch.to}, active_member = '${target.member}', active_region = '${target.region}'`
  const where = `logical_scope = '${scope}' AND epoch = ${epoch.from} AND active_member = '${source.member}'`
  return `${onCatalog(`UPDATE region_write_epoch SET ${set} WHERE ${where}`)}  # must say UPDATE 1`
}

export function promoteByHand({ target, scope, epoch }: OperationPlan, { id }: ByHandOrder): string[] {
  return [
    `${onServer(target.member, 'SELECT pg_promote()')}  # must say t, or that recovery is not in progress: then it was done already`,
    onServer(target.member, `SELECT homeport.open_gate('${scope}', '${target.region}', ${epoch.to}, '${id}')`),
  ]
}
