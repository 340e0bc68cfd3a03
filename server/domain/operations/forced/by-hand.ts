import type { ForcedFailoverPlan } from '@/model/schemas/plans'
import { type ByHandOrder, fenceByHand, moveEpochByHand, onServer, promoteByHand, sayVariables } from '../by-hand'

/**
 * A forced failover without the console. The old primary most likely does not answer, so its own gate cannot be what everything
 * waits for: people make sure by other means that it takes no writes, and only then anything is promoted.
 */
export function forcedByHand(plan: ForcedFailoverPlan, order: ByHandOrder): string {
  const { source, target, epoch } = plan
  const positions = 'SELECT pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn(), pg_is_wal_replay_paused()'
  return [
    `# Plan ${order.planHash}: ${source.member} to ${target.member} by force, epoch ${epoch.from} to ${epoch.to}. With a second person, one part after the other; not to be run as a whole.`,
    sayVariables(plan),
    '',
    `# 1. Close ${source.member}. While it may take writes, do nothing that is written below.`,
    `#    If it answers, close its gate. The answer must show FENCED:`,
    fenceByHand(plan, order),
    `#    If that line does not succeed within a minute: switch the machine of ${source.member} off by your own means, look that it is off, and keep it off.`,
    `#    If you can do neither, stop here.`,
    '',
    `# 2. Let ${target.member} replay what it has received. Repeat until both positions stand still for ten seconds; the third column must say f:`,
    `${onServer(target.member, positions, '-Atc')}`,
    `#    If part 1 closed the gate, the rest may still come over: ask ${source.member} where its log ends, and wait until the second position is there:`,
    onServer(source.member, 'SELECT pg_current_wal_flush_lsn()', '-Atc'),
    `#    What ${source.member} acknowledged and ${target.member} never received is lost from here on.`,
    '',
    '# 3. Decide. If the catalog does not answer, or says anything but UPDATE 1, promote nothing:',
    moveEpochByHand(plan),
    '',
    `# 4. Only forward from here. Each line may be repeated until it succeeds:`,
    ...promoteByHand(plan, order),
    '',
    `# 5. Never start ${source.member} again by hand: if it was switched off, its gate may still be open at epoch ${epoch.from}, and it would take writes beside ${target.member}.`,
    `#    The console would have recorded it as left behind, closed it on its return, and read out what it alone holds. By hand nothing of that is`,
    '#    recorded: keep its disks, keep it off the network, and tell whoever runs the console before anybody touches it.',
  ].join('\n')
}
