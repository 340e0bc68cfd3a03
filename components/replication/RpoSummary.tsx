'use client'
import { formatBytes, formatMs } from '@/model/format'
import type { Lag } from '@/model/schemas/estate'
import { useNow } from '../shell/clock'
import { Figure } from '../ui/Facts'
import { prepareRpo } from './prepare-rpo'

/** The bound of the loss, from what is heard; a silent standby turns every number into "at least". */
export function RpoSummary({ lags }: { lags: readonly Lag[] }) {
  const nowMs = useNow()
  const rpo = prepareRpo(lags, nowMs)
  const atLeast = rpo.notHeard.length > 0 ? '≥ ' : ''
  return (
    <div className="grid grid-cols-2 gap-4 md:grid-cols-4">
      <Figure
        name="Worst heartbeat age"
        value={rpo.worst ? `${atLeast}${formatMs(rpo.worst.lagMs)}` : <Unknown />}
        note={rpo.worst && `of ${rpo.worst.member}`}
      />
      <Figure
        name="Largest backlog"
        value={rpo.worstBacklog ? `${atLeast}${formatBytes(rpo.worstBacklog.bytes)}` : <Unknown />}
        note={rpo.worstBacklog && `of ${rpo.worstBacklog.member}`}
      />
      <Figure
        name="Over their limit"
        value={rpo.heardCount > 0 ? `${atLeast}${rpo.overLimit.length}` : <Unknown />}
        note={rpo.heardCount > 0 ? rpo.overLimit.join(', ') || 'none of those heard' : 'no standby is heard'}
      />
      <Figure
        name="Standbys heard"
        value={`${rpo.heardCount}/${rpo.count}`}
        note={rpo.notHeard.length > 0 ? `left out: ${rpo.notHeard.join(', ')}` : 'all'}
      />
    </div>
  )
}

function Unknown() {
  return <span className="text-unknown">unknown</span>
}
