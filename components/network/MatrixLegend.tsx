import { ArrowLeftRight, CircleDashed, Unplug } from 'lucide-react'
import { ratioSteps } from './prepare-matrix'

export function MatrixLegend() {
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-2 px-4 py-2.5 text-xs text-ink-2">
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
        <CircleDashed aria-hidden size={12} /> not established yet
      </span>
      <span className="inline-flex items-center gap-1">
        <Unplug aria-hidden size={12} /> no probe
      </span>
      <span className="inline-flex items-center gap-1">
        <ArrowLeftRight aria-hidden size={12} /> &gt; 20 % off the way back
      </span>
    </div>
  )
}
