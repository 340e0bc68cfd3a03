import { ArrowLeftRight, CircleDashed, MessageSquareWarning, Unplug } from 'lucide-react'
import { ratioSteps } from './prepare-matrix'

/** The signs, and what a probe cannot tell: it is a round trip. */
export function MatrixLegend() {
  return (
    <div className="grid gap-2 px-4 py-2.5 text-xs text-ink-2">
      <Signs />
      <p>{ROUND_TRIP}</p>
    </div>
  )
}

/** Stands wherever two directions stand beside each other. */
export const ROUND_TRIP =
  'A probe is a round trip: when only one direction is broken, no answer comes back the other way either, and both show “down”.'

function Signs() {
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
      <span className="flex flex-wrap items-center gap-y-1">
        <span className="mr-2">× budget of the link</span>
        {ratioSteps.map(({ step, label }) => (
          <span
            key={step}
            className="px-2 py-0.5 whitespace-nowrap"
            style={{ backgroundColor: `var(--ratio-${step})`, color: `var(--ratio-ink-${step})` }}
          >
            {label}
          </span>
        ))}
      </span>
      <span className="text-crit">✕ down</span>
      <span className="inline-flex items-center gap-1">
        <MessageSquareWarning aria-hidden size={12} className="text-warn" /> no read: a server answers, with an error
      </span>
      <span className="inline-flex items-center gap-1">
        <CircleDashed aria-hidden size={12} /> not yet: no probe has finished; no sample: no read in this window
      </span>
      <span className="inline-flex items-center gap-1">
        <Unplug aria-hidden size={12} /> no probe: nobody measures this pair
      </span>
      <span className="inline-flex items-center gap-1">
        <ArrowLeftRight aria-hidden size={12} /> &gt; 20 % off the way back
      </span>
    </div>
  )
}
