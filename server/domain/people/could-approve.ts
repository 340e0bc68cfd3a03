import { DomainError } from '@/model/errors'
import { operationKinds } from '@/model/operation-kinds'
import type { Permission } from '@/model/permissions'
import type { CouldApprove, CouldApproveQuery } from '@/model/schemas/people'
import { authorize, type Ctx } from '@/server/context'
import type { Db } from '@/server/db'
import { decideCouldApprove } from './decide-could-approve'
import { holdersOf } from './holders-of'

const PEOPLE_MAX = 200

/** Answered before asking: who could approve an operation of this kind on this cell, if it were asked for now. */
export async function couldApprove(ctx: Ctx, { kind, cellId }: CouldApproveQuery): Promise<CouldApprove> {
  const principal = authorize(ctx, 'people:read')
  const cell = await ctx.db.cell.findUnique({ where: { id: cellId }, select: { id: true } })
  if (!cell) throw new DomainError('not-found', `There is no cell ${cellId}.`)
  const approvers = await listHolders(ctx.db, 'operation:approve')
  const requesters = await listHolders(ctx.db, 'operation:request')
  return decideCouldApprove({
    quorum: operationKinds[kind].quorum,
    approvers,
    requesterIds: requesters.map(({ id }) => id),
    viewer: principal.kind === 'person' ? { id: principal.personId, name: principal.name } : null,
  })
}

async function listHolders(db: Db, permission: Permission): Promise<{ id: string; name: string }[]> {
  return db.person.findMany({
    where: holdersOf(permission),
    select: { id: true, name: true },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: PEOPLE_MAX,
  })
}
