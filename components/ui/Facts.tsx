import type { ReactNode } from 'react'
import { keepUnits } from '@/model/format'
import { cx } from './cx'

/** Names and values, aligned: `<Facts facts={[['Epoch', <EpochChip … />]]} />`. */
export function Facts({ facts, className }: { facts: readonly (readonly [string, ReactNode])[]; className?: string }) {
  return (
    <dl
      className={cx(
        'grid grid-cols-[minmax(6rem,max-content)_1fr] gap-x-4 max-sm:grid-cols-[fit-content(45%)_minmax(0,1fr)] gap-y-1.5',
        className,
      )}
    >
      {facts.map(([name, value]) => (
        <div key={name} className="col-span-2 grid grid-cols-subgrid items-baseline">
          <dt className="text-sm text-ink-3">{name}</dt>
          <dd className="min-w-0 text-ink-1">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** One number with its name above and its unit beside it. `note` carries age or basis. */
export function Figure({
  name,
  value,
  unit,
  note,
  className,
}: {
  name: string
  value: ReactNode
  unit?: string
  note?: ReactNode
  className?: string
}) {
  return (
    <div className={cx('min-w-0', className)}>
      <p className="text-xs text-ink-3">{name}</p>
      <p className="text-xl font-semibold text-ink-1">
        {typeof value === 'string' ? keepUnits(value) : value}
        {unit && <span className="ml-1 text-sm font-normal text-ink-3">{unit}</span>}
      </p>
      {/* Not a paragraph: a note may be folded, and markup that the browser has to repair breaks hydration. */}
      {note && <div className="text-xs text-ink-3">{note}</div>}
    </div>
  )
}
