import { v7 as uuidv7 } from 'uuid'
import { paths } from '@/model/paths'
import type { OperationPlan } from '@/model/schemas/plans'
import type { Tx } from '@/server/db'
import type { OpenRequest } from '../close-request'

export const BREAK_GLASS_TOPIC = 'break-glass'

type Use = { breakGlassId: string; request: OpenRequest; plan: OperationPlan; operationId: string; personName: string }

/** One notice to every channel, written with what it tells. No tenant is named: notices leave the console. */
export async function tellEveryone(
  tx: Tx,
  { breakGlassId, request, plan, operationId, personName }: Use,
): Promise<void> {
  const { source, target } = plan
  const fenced = `${source.region} → ${target.region}`
  await tx.notification.create({
    data: {
      id: uuidv7(),
      topic: BREAK_GLASS_TOPIC,
      objectId: breakGlassId,
      text: `BREAK-GLASS: ${personName} started a FORCED failover ${fenced} of ${plan.cell} without a second person (${request.code}). Review it: ${request.reason}`,
      path: paths.operation({ id: operationId }),
      body: {
        kind: 'break-glass.started',
        requestId: request.id,
        code: request.code,
        planHash: request.planHash,
        operationId,
        expiresAt: request.approveBy.toISOString(),
      },
    },
  })
}
