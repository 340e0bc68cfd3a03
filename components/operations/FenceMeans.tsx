import type { FenceMean } from '@/model/schemas/plans'
import { StatusPill } from '../ui/StatusPill'
import { fenceWords } from './fence-words'

/** Every way to close the old primary, the strongest first: whether it can be had now, and what it would prove. */
export function FenceMeans({ means }: { means: readonly FenceMean[] }) {
  if (means.length === 0) return <p className="text-sm text-ink-2">There is no old primary that could be fenced.</p>
  return (
    <ul className="grid gap-3">
      {means.map((mean) => (
        <li key={mean.strength} className="grid gap-1 text-sm" data-strength={mean.strength}>
          <p className="flex flex-wrap items-center gap-2">
            <span className="font-mono font-medium text-ink-1">{mean.strength}</span>
            <StatusPill
              status={mean.isPossible ? 'ok' : 'unknown'}
              word={mean.isPossible ? 'Possible now' : 'Not possible now'}
            />
          </p>
          <p className="text-ink-1">{mean.says}</p>
          <p className="text-ink-3">
            Proves: {fenceWords[mean.strength].proves} {fenceWords[mean.strength].doesNot}
          </p>
        </li>
      ))}
    </ul>
  )
}
