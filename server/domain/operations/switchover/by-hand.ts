import type { LosslessPlan } from '@/model/schemas/plans'
import { type ByHandOrder, fenceByHand, moveEpochByHand, onServer, promoteByHand, sayVariables } from '../by-hand'

/** The same sequence by hand, for when the console is the casualty. Both servers answer, so every line must succeed. */
export function switchoverByHand(plan: LosslessPlan, order: ByHandOrder): string {
  const { source, target, epoch } = plan
  return [
    `# Plan ${order.planHash}: ${source.member} to ${target.member}, epoch ${epoch.from} to ${epoch.to}. With a second person; stop at the first line that fails.`,
    ...(plan.kind === 'drill-switchover'
      ? [
          '# This is a drill: nothing depends on it. Without the console, leave it. By hand it would not go back by itself.',
        ]
      : []),
    sayVariables(plan),
    fenceByHand(plan, order),
    `${onServer(source.member, 'SELECT pg_current_wal_flush_lsn()', '-Atc')}  # A`,
    `${onServer(target.member, 'SELECT pg_last_wal_replay_lsn()', '-Atc')}  # repeat until it is at least A`,
    moveEpochByHand(plan),
    ...promoteByHand(plan, order),
  ].join('\n')
}
