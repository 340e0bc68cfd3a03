import { counted, formatCount, formatMs, shortHash } from '@/model/format'
import type { RequestDetail } from '@/model/schemas/operations'
import type { OperationPlan, ReinstatementPlan } from '@/model/schemas/plans'
import { sayLoss } from '../operations/say-loss'

/** Pure: what a yes does, restated before it is given, in the words of its kind. */
export function restate({ plan, planHash }: Pick<RequestDetail, 'plan' | 'planHash'>): string {
  return `${sayDoing(plan)} Plan ${shortHash(planHash)}`
}

function sayDoing(plan: OperationPlan): string {
  const { cell, source, target } = plan
  switch (plan.kind) {
    case 'reinstatement':
      return `Empty ${source.member} in ${source.region} and copy ${target.member} in ${target.region} onto it. ${sayGone(plan)} The writes of ${cell} stay in ${target.region}.`
    case 'forced-failover':
      return `Fence ${source.member} in ${source.region} and move the writes of ${cell} to ${target.member} in ${target.region} without its help: ${sayCost(plan)}.`
    case 'drill-switchover':
      return `As a drill, move the live writes of ${cell} from ${source.region} to ${target.region} and back: ${sayCost(plan)} each way.`
    default:
      return `Move the writes of ${cell} from ${source.region} to ${target.region}: ${sayCost(plan)}.`
  }
}

/** Pure: what emptying a server takes from everybody for good. */
export function sayGone({ source, target, ledger }: ReinstatementPlan): string {
  if (ledger.lostWriteCount === 0) return `It holds nothing that ${target.member} lacks.`
  const rows = counted(ledger.lostWriteCount, 'unreplicated row')
  return `What ${source.member} holds cannot be brought back afterwards, except its ${rows}, which were read out.`
}

/** Pure: until when it can be taken back, and what there is afterwards. */
export function sayUndo({ plan, undoUntilStep }: Pick<RequestDetail, 'plan' | 'undoUntilStep'>): string {
  const until = `yes, up to the step “${undoUntilStep}”`
  if (plan.kind === 'reinstatement') return `${until}, and not after it. ${sayGone(plan)}`
  if (plan.kind === 'forced-failover')
    return `${until}; later by a new switchover, once ${plan.source.member} is rebuilt. What is lost does not come back with it.`
  if (plan.kind === 'drill-switchover') return `${until}, on each way. After that it goes back by itself.`
  return `${until}; later by a new switchover.`
}

/** Units keep their case: a B is no b. */
function sayCost({ kind, blastRadius, loss, writePauseEstimate: { lowMs, highMs } }: OperationPlan): string {
  const lost = loss.kind === 'bounded' ? sayLoss(loss) : loss.kind
  const pause = kind === 'forced-failover' ? 'write pause from the approval' : 'write pause'
  return `${formatCount(blastRadius.tenantCount)} tenants, data loss ${lost}, ${pause} ${formatMs(lowMs)} to ${formatMs(highMs)}`
}
