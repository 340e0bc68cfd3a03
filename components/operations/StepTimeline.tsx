'use client'
import { formatMs } from '@/model/format'
import type { StepView } from '@/model/schemas/operations'
import { useNow } from '../shell/clock'
import { cx } from '../ui/cx'
import { StatusGlyph } from '../ui/StatusGlyph'
import { stepWords } from './state-words'

/** Every step with its time, its sentence and its attempts, and the line after which there is no way back. */
export function StepTimeline({ steps, kind }: { steps: readonly StepView[]; kind: string }) {
  return (
    <ol aria-label="Steps" className="grid">
      {steps.map((step) => (
        <li key={step.name} className="border-b border-hairline last:border-b-0">
          <Step step={step} />
          {step.pointOfNoReturn && <ReturnLine kind={kind} />}
        </li>
      ))}
    </ol>
  )
}

function Step({ step }: { step: StepView }) {
  const { status, word } = stepWords[step.status]
  const isQuiet = status === null
  return (
    <div
      data-step={step.name}
      data-state={step.status}
      className="grid grid-cols-[1.25rem_1fr_auto] gap-x-3 px-4 py-2.5"
    >
      <span className="pt-1">{isQuiet ? <EmptyRing /> : <StatusGlyph status={status} size={12} />}</span>
      <div className="min-w-0">
        <p className={cx('font-medium', isQuiet ? 'text-ink-3' : 'text-ink-1')}>
          <span className="num mr-1.5 text-ink-3">{step.position}</span>
          {step.title}
          <span className="sr-only">: {word}</span>
        </p>
        {step.says && <p className="text-sm text-ink-2">{step.says}</p>}
        {step.error && step.status !== 'done' && <p className="text-sm text-crit">{step.error}</p>}
        <StepFacts step={step} />
      </div>
      <StepTime step={step} />
    </div>
  )
}

function StepFacts({ step }: { step: StepView }) {
  const facts = [
    step.attempts > 1 && `attempt ${step.attempts}`,
    step.status === 'unknown' &&
      'outcome unknown: it is read back, or the same order is given again, before anything else',
    step.status === 'pending' &&
      !step.pastReturn &&
      !step.pointOfNoReturn &&
      (step.undoable ? 'undo: yes' : 'undo: nothing to undo'),
  ].filter(Boolean)
  return facts.length > 0 && <p className="text-xs text-ink-3">{facts.join(' · ')}</p>
}

function StepTime({ step }: { step: StepView }) {
  const nowMs = useNow()
  const usual = step.usualMs && `earlier runs: p50 ${formatMs(step.usualMs.p50)}, p95 ${formatMs(step.usualMs.p95)}`
  if (step.startedAt === null) return <p className="num text-right text-xs text-ink-3">{usual}</p>
  const endMs = step.finishedAt ? Date.parse(step.finishedAt) : nowMs
  return (
    <div className="num text-right text-sm">
      <p className="text-ink-1">{formatMs(Math.max(0, endMs - Date.parse(step.startedAt)))}</p>
      {usual && <p className="text-xs text-ink-3">{usual}</p>}
    </div>
  )
}

/** How one goes back from behind the line. Where nothing is said, there is no going back at all. */
const waysBack: Readonly<Record<string, string>> = {
  'planned-switchover': ' Going back is a planned failback, at a new epoch.',
  'forced-failover': ' Going back is a planned failback, at a new epoch.',
  'drill-switchover': ' Going back is a run of its own, at a new epoch.',
  reinstatement: ' What the server held is given up.',
}

function ReturnLine({ kind }: { kind: string }) {
  return (
    <p className="flex items-center gap-3 border-t border-hairline bg-surface-2 px-4 py-1.5 text-xs font-medium text-warn">
      <span aria-hidden className="h-0.5 w-5 bg-warn" />
      Point of no return: from here on it only goes forward.{waysBack[kind]}
    </p>
  )
}

function EmptyRing() {
  return (
    <svg aria-hidden viewBox="0 0 12 12" width={12} height={12} className="text-ink-3">
      <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.25" strokeDasharray="2 2" />
    </svg>
  )
}
