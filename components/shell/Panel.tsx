'use client'
import { type ReactNode, useId } from 'react'
import type { Seen } from '@/model/schemas/common'
import { cx } from '../ui/cx'
import { type Empty, EmptyState } from '../ui/EmptyState'
import { Skeleton } from '../ui/Skeleton'
import { StatusGlyph } from '../ui/StatusGlyph'
import { useHydrated } from '../ui/use-hydrated'
import { clockOffsetMs, useNow } from './clock'
import { FailureCard } from './FailureCard'
import { FreshnessBadge } from './FreshnessBadge'
import { useLiveState } from './live-state'
import { emptyNow } from './status-now'

/** The part of a TanStack query that a panel needs; `useQuery(...)` fits as it is. */
export type PanelQuery<Value> = {
  data: Value | undefined
  error: unknown
  isFetching: boolean
  /** When `data` came, in ms of this browser's clock; 0 when that is not known. */
  dataUpdatedAt: number
  refetch: () => unknown
}

type Frame = {
  title: string
  /** One line below the title: what question the panel answers, or how it was measured. */
  note?: ReactNode
  /** At the right of the title: switches, links. */
  actions?: ReactNode
  className?: string
  /** False when the content brings its own edges: a table, a map. */
  padded?: boolean
}

/**
 * One panel with a state of its own. Loading: a skeleton of the final size after 150 ms; refetching: the old content under
 * a thin bar; failing: a card with the request id and Retry, above the last content if there is some; empty: one of three
 * texts, as last known once nobody can say that it is still so. Siblings are not concerned.
 */
export function Panel<Value>({
  query,
  skeleton = <Skeleton className="h-40 w-full" />,
  seen,
  empty,
  partial,
  children,
  ...frame
}: Frame & {
  query: PanelQuery<Value>
  /** The final shape of the content. */
  skeleton?: ReactNode
  seen?: (value: Value) => Seen | null
  empty?: (value: Value) => Empty | null
  /** "2/3 regions reporting (missing eu-west-1)", or null when all report. Judged each second: what reports may fall silent. */
  partial?: (value: Value, nowMs: number) => string | null
  children: (value: Value) => ReactNode
}) {
  const { data: value, error } = query
  const isBlank = value === undefined
  const isHydrated = useHydrated()
  const badge = value !== undefined && seen?.(value)
  const retry = () => void query.refetch()
  return (
    <PanelFrame
      {...frame}
      padded={isBlank ? true : frame.padded}
      badge={badge && <FreshnessBadge seen={badge} />}
      isBusy={isHydrated && query.isFetching && !isBlank}
    >
      {error != null && (
        <div className={cx(!isBlank && (frame.padded === false ? 'p-3' : 'mb-3'))}>
          <FailureCard error={error} what={frame.title} onRetry={retry} />
        </div>
      )}
      {isBlank && error == null && <Loading what={frame.title}>{skeleton}</Loading>}
      {value !== undefined && (
        <Content
          value={value}
          nothing={empty?.(value) ?? null}
          answer={{ hasFailed: error != null, fetchedAtMs: fetchedAtMs(query), seen: badge || null }}
          partial={partial}
          draw={children}
          isPadded={frame.padded !== false}
        />
      )}
    </PanelFrame>
  )
}

function Loading({ what, children }: { what: string; children: ReactNode }) {
  return (
    <div aria-busy>
      <span className="sr-only">Loading {what}</span>
      {children}
    </div>
  )
}

function Content<Value>({
  value,
  nothing,
  answer,
  partial,
  draw,
  isPadded,
}: {
  value: Value
  nothing: Empty | null
  answer: Parameters<typeof emptyNow>[0]
  partial?: (value: Value, nowMs: number) => string | null
  draw: (value: Value) => ReactNode
  isPadded: boolean
}) {
  if (nothing) return <Nothing empty={nothing} answer={answer} />
  return (
    <>
      {partial && <Missing value={value} partial={partial} isPadded={isPadded} />}
      {draw(value)}
    </>
  )
}

function fetchedAtMs({ dataUpdatedAt }: Pick<PanelQuery<unknown>, 'dataUpdatedAt'>): number | null {
  return dataUpdatedAt === 0 ? null : dataUpdatedAt + clockOffsetMs()
}

function Nothing({ empty, answer }: { empty: Empty; answer: Parameters<typeof emptyNow>[0] }) {
  const { isCurrent, ageMs } = emptyNow(answer, useLiveState(), useNow())
  return <EmptyState empty={empty} lastKnown={isCurrent ? undefined : { ageMs }} />
}

/** Apart from the content, which need not be drawn again each second. */
function Missing<Value>({
  value,
  partial,
  isPadded,
}: {
  value: Value
  partial: (value: Value, nowMs: number) => string | null
  isPadded: boolean
}) {
  const missing = partial(value, useNow())
  if (!missing) return null
  return (
    <p className={cx('flex items-center gap-1.5 text-sm text-unknown', isPadded ? 'mb-3' : 'px-4 py-2')}>
      <StatusGlyph status="unknown" size={10} />
      {missing}
    </p>
  )
}

/** The frame alone, for content that has no query of its own. */
export function PanelFrame({
  title,
  note,
  actions,
  badge,
  isBusy,
  className,
  padded = true,
  children,
}: Frame & { badge?: ReactNode; isBusy?: boolean; children: ReactNode }) {
  const titleId = useId()
  return (
    <section
      aria-labelledby={titleId}
      className={cx('relative flex min-w-0 flex-col rounded-md border border-hairline bg-surface-1', className)}
    >
      {isBusy && <BusyBar />}
      <header className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b border-hairline px-4 py-1.5">
        <h2 id={titleId} className="text-sm font-semibold text-ink-1">
          {title}
        </h2>
        {note && <p className="min-w-0 text-sm text-ink-3">{note}</p>}
        <div className="ml-auto flex flex-wrap items-center gap-x-3 gap-y-1">
          {badge}
          {actions}
        </div>
      </header>
      <div className={cx('min-w-0 flex-1', padded && 'p-4')}>{children}</div>
    </section>
  )
}

/** Appears only when a refetch takes longer than 150 ms. */
function BusyBar() {
  return (
    <div aria-hidden className="appear-late absolute inset-x-0 -top-px h-0.5 overflow-hidden rounded-t-md">
      <div className="h-full w-1/4 bg-active motion-safe:animate-[busy_1.2s_linear_infinite]" />
    </div>
  )
}
