import { z } from 'zod'
import { type OperationKind, operationKinds } from '../operation-kinds'
import { CellId, PersonRef } from './common'

export const CouldApproveQuery = z.strictObject({
  kind: z.enum(Object.keys(operationKinds) as [OperationKind, ...OperationKind[]]),
  cellId: CellId,
})
export type CouldApproveQuery = z.infer<typeof CouldApproveQuery>

/** Who could say yes if it were asked for now. `people` leaves out the viewer where the viewer may ask: whoever asks may not approve. */
export const CouldApprove = z.object({
  quorum: z.int(),
  people: z.array(PersonRef),
  isEnough: z.boolean(),
  /** Enough whoever of those who may ask does ask: what readiness stands on. */
  isEnoughForEverybody: z.boolean(),
  says: z.string(),
})
export type CouldApprove = z.infer<typeof CouldApprove>
