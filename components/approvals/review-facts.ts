import { counted } from '@/model/format'
import type { OperationDetail } from '@/model/schemas/operations'

type Receipt = Pick<OperationDetail['receipts'][number], 'strength' | 'memberId' | 'epoch'>

/** Pure: by what the old writer was closed, every receipt of it. */
export function sayFences(receipts: readonly Receipt[]): string {
  if (receipts.length === 0) return 'no receipt'
  return receipts.map(({ strength, memberId, epoch }) => `${strength} of ${memberId} at epoch ${epoch}`).join('; ')
}

/** Pure: whose writes went where, once they have; before the point of no return nothing was moved. */
export function sayMoved({
  plan,
  status,
  pointOfNoReturnAt,
}: Pick<OperationDetail, 'plan' | 'status' | 'pointOfNoReturnAt'>): string {
  if (pointOfNoReturnAt === null) return nothingMoved[status]
  const { cell, source, target, epoch, blastRadius } = plan
  return `${counted(blastRadius.tenantCount, 'tenant')} of ${cell}, from ${source.member} in ${source.region} to ${target.member} in ${target.region}, epoch ${epoch.from} to ${epoch.to}`
}

const nothingMoved = {
  queued: 'nothing: its operation is queued',
  running: 'nothing so far: its operation is running',
  paused: 'nothing so far: its operation is paused',
  undoing: 'nothing: it is going back',
  'needs-human': 'nothing so far: its operation needs a person',
  done: 'nothing',
  undone: 'nothing: it went back',
} as const satisfies Record<OperationDetail['status'], string>
