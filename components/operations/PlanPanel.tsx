import { formatMs, shortHash } from '@/model/format'
import type { OperationPlan } from '@/model/schemas/plans'
import { PanelFrame } from '../shell/Panel'
import { RegionChip } from '../shell/RegionChip'
import { TimeStamp } from '../shell/TimeStamp'
import { CopyText } from '../ui/CopyText'
import { Facts } from '../ui/Facts'
import { lagFact } from './say-lag'

/** The immutable plan: what was approved, by its hash, and what was true when it was made. Raw JSON one click deeper. */
export function PlanPanel({ plan, planHash }: { plan: OperationPlan; planHash: string }) {
  const { observed } = plan
  // It moves no writer: what a move is held to would be noise.
  const isRebuild = plan.kind === 'reinstatement'
  const lag = lagFact(plan)
  return (
    <PanelFrame title="Plan" note="Approvals bind to its hash">
      <Facts
        className="text-sm"
        facts={[
          ['Hash', <CopyText key="hash" text={planHash} shown={shortHash(planHash)} label="Copy the plan hash" />],
          [isRebuild ? 'Emptied' : 'From', <Place key="from" {...plan.source} />],
          [isRebuild ? 'Copied from' : 'To', <Place key="to" {...plan.target} />],
          ['Write epoch', isRebuild ? `${plan.epoch.from}, and stays` : `${plan.epoch.from} → ${plan.epoch.to}`],
          ...(lag ? [lag] : []),
          [
            'Observed',
            <span key="seen">
              <TimeStamp at={observed.at} /> from {observed.vantage}
            </span>,
          ],
          ...(isRebuild ? [] : [['Limits', sayLimits(plan.bounds)] as const]),
          ...(plan.kind === 'planned-switchover' && plan.thenAsk
            ? ([['If it has to go back', 'it stops, and its page offers the dry run of a forced failover']] as const)
            : []),
          ...(plan.kind === 'drill-switchover' ? ([['As a drill', plan.back]] as const) : []),
          ['Meanwhile', plan.redundancyDuring],
        ]}
      />
      <details className="mt-3 text-sm">
        <summary className="cursor-pointer text-ink-2 hover:text-ink-1">The whole plan as it is hashed</summary>
        <pre className="mt-2 max-h-96 overflow-auto rounded-sm border border-hairline bg-surface-0 p-3 font-mono text-xs">
          {JSON.stringify(plan, null, 2)}
        </pre>
      </details>
    </PanelFrame>
  )
}

function sayLimits({ drainMs, replayMs, lagMsMax }: OperationPlan['bounds']): string {
  return `writers drain ${formatMs(drainMs)}, replay ${formatMs(replayMs)}, lag ${formatMs(lagMsMax)}`
}

function Place({ member, region, timeline, lsn }: OperationPlan['source']) {
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      <span className="font-mono">{member}</span>
      <RegionChip region={region} bare />
      <span className="text-ink-3">
        timeline {timeline ?? 'unknown'}, {lsn ?? 'position unknown'}
      </span>
    </span>
  )
}
