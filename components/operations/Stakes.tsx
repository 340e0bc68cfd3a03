import { formatCount } from '@/model/format'
import type { OperationPlan, ReinstatementPlan } from '@/model/schemas/plans'
import { TimeStamp } from '../shell/TimeStamp'
import { Figure } from '../ui/Facts'
import { BlastRadius } from './BlastRadius'

/** The numbers that a decision rests on. A rebuild moves no writes: what counts there is which server is emptied, and of what. */
export function Stakes({ plan }: { plan: OperationPlan }) {
  return plan.kind === 'reinstatement' ? <RebuildStakes plan={plan} /> : <BlastRadius plan={plan} />
}

function RebuildStakes({ plan: { source, target, ledger, loss } }: { plan: ReinstatementPlan }) {
  return (
    <div className="grid gap-3">
      <div className="grid grid-cols-2 gap-x-6 gap-y-4 lg:grid-cols-4">
        <Figure name="Server that is emptied" value={source.member} note={source.region} />
        <Figure name="Copied from" value={target.member} note={`${target.region}: takes the writes, is not touched`} />
        <Figure
          name="Its unreplicated rows"
          value={formatCount(ledger.lostWriteCount)}
          note={
            ledger.extractedAt ? (
              <>
                read out at <TimeStamp at={ledger.extractedAt} form="clock" />, and kept
              </>
            ) : (
              <span className="text-unknown">when they were read out is not known</span>
            )
          }
        />
        <Figure
          name="Rows that wait for a decision"
          value={formatCount(ledger.openConflictCount)}
          note="their contents are kept, too"
        />
      </div>
      <p className="text-xs text-ink-3">{loss.basis}</p>
    </div>
  )
}
