import { DomainError } from '@/model/errors'
import { paths } from '@/model/paths'
import { authorize, type Ctx } from '@/server/context'

/**
 * Where a code leads now: a request that waits to its approval, one that became an operation to that operation. A code gives no
 * right; what does not exist and what may not be seen are the same answer.
 */
export async function resolveCode(ctx: Ctx, { code }: { code: string }): Promise<{ code: string; path: string }> {
  authorize(ctx, 'operation:read')
  const operation = await ctx.db.operation.findFirst({
    where: { OR: [{ code }, { request: { code } }] },
    select: { id: true },
  })
  if (operation) return { code, path: paths.operation({ id: operation.id }) }
  const request = await ctx.db.operationRequest.findUnique({ where: { code }, select: { id: true } })
  if (request) return { code, path: paths.approval({ id: request.id }) }
  throw new DomainError('not-found', 'It does not exist, or you may not see it.')
}
