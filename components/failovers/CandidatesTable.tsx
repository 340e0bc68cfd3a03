import type { FailoverCandidate } from '@/model/schemas/failovers'
import { sayLoss } from '../operations/say-loss'
import { RegionChip } from '../shell/RegionChip'
import { TimeStamp } from '../shell/TimeStamp'
import { cx } from '../ui/cx'
import { StatusPill } from '../ui/StatusPill'

/** Each server that could take over: whether it may, the most that would be lost, and on what that stands. */
export function CandidatesTable({
  candidates,
  chosen,
}: {
  candidates: readonly FailoverCandidate[]
  chosen: string | null
}) {
  if (candidates.length === 0)
    return <p className="text-sm text-ink-2">The cell has no other server that could take over.</p>
  return (
    <ul className="grid gap-3" aria-label="Candidates">
      {candidates.map((candidate) => (
        <li
          key={candidate.member}
          className={cx('grid gap-1 text-sm', candidate.member === chosen && 'border-l-2 border-active pl-3')}
        >
          <p className="flex flex-wrap items-center gap-2">
            <span className="font-mono font-medium text-ink-1">{candidate.member}</span>
            <RegionChip region={candidate.region} bare />
            <StatusPill status={candidate.usable ? 'ok' : 'crit'} word={candidate.usable ? 'Usable' : 'Not usable'} />
            {candidate.member === chosen && <span className="text-ink-3">this plan’s target</span>}
          </p>
          <p className="text-ink-2">{candidate.says}</p>
          <Loss candidate={candidate} />
        </li>
      ))}
    </ul>
  )
}

function Loss({ candidate: { loss } }: { candidate: FailoverCandidate }) {
  if (loss.kind === 'unknown')
    return (
      <p className="text-ink-1">
        <StatusPill status="unknown" word="Loss unknown" bare /> {loss.basis}
      </p>
    )
  return (
    <p className="text-ink-1">
      Loss {sayLoss(loss)}
      {loss.until && (
        <>
          , if it is fenced by <TimeStamp at={loss.until} form="clock" />
        </>
      )}
      . <span className="text-ink-3">{loss.basis}</span>
    </p>
  )
}
