import { paths } from '@/model/paths'
import type { OperationPlan } from '@/model/schemas/plans'
import type { Tx } from '@/server/db'
import { notify } from '@/server/domain/notifications'
import type { OpenRequest } from '../requests/close-request'

type Use = { breakGlassId: string; request: OpenRequest; plan: OperationPlan; operationId: string | null }

/** One notice to every channel, written with what it tells. It names no tenant and no person: notices leave the console. */
export async function tellEveryone(tx: Tx, { breakGlassId, request, plan, operationId }: Use): Promise<void> {
  const { source, target } = plan
  await notify(tx, {
    topic: 'break-glass.used',
    objectId: breakGlassId,
    text: `BREAK-GLASS: FORCED failover ${plan.cell}: ${source.region} to ${target.region} ${operationId ? 'starts without a second person' : 'waits for a second person to attest that the old primary is closed'} (${request.code}). Review it.`,
    path: operationId ? paths.operation({ id: operationId }) : paths.approval({ id: request.id }),
    body: {
      code: request.code,
      kind: plan.kind,
      cell: plan.cell,
      state: operationId ? 'started' : 'waiting',
      planHash: request.planHash,
      expiresAt: request.approveBy.toISOString(),
      correlationId: request.id,
      ...(operationId && { operationId }),
    },
  })
}
