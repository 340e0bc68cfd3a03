import { DomainError } from '@/model/errors'
import { operationKinds } from '@/model/operation-kinds'
import { type Permission, permissions } from '@/model/permissions'
import type { CouldApprove, CouldApproveQuery } from '@/model/schemas/people'
import { authorize, type Ctx } from '@/server/context'
import type { Db } from '@/server/db'
import { decideCouldApprove } from './decide-could-approve'

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

/** Enabled humans who hold a permission now. */
async function listHolders(db: Db, permission: Permission): Promise<{ id: string; name: string }[]> {
  const roles: readonly string[] = permissions[permission]
  return db.person.findMany({
    where: { kind: 'human', disabledAt: null, grants: { some: { revokedAt: null, role: { in: [...roles] } } } },
    select: { id: true, name: true },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: PEOPLE_MAX,
  })
}
