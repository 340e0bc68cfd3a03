'use client'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { formatCount, formatMs } from '@/model/format'
import { paths } from '@/model/paths'
import type { RegionView } from '@/model/schemas/estate'
import { regionWord } from '../regions/region-word'
import { useFreshness } from '../shell/clock'
import { FreshnessBadge } from '../shell/FreshnessBadge'
import { agedStatus } from '../shell/status-now'
import { cx } from '../ui/cx'
import { StatusGlyph, statusText } from '../ui/StatusGlyph'
import { isSplit, splitVantages, type VantageSplit } from './split-vantages'

/** One region at a glance. What is not known now is the word "unknown", under its last sighting. */
export function RegionCard({ region }: { region: RegionView }) {
  const freshness = useFreshness(region.seen)
  const status = agedStatus(region.status, freshness)
  const split = splitVantages(region.vantages)
  // The latencies are of the last minutes: once nobody reaches the region they are history, not its state.
  const isReached = split.reached.length > 0 && (freshness === 'fresh' || freshness === 'stale')
  const word = regionWord(status, isReached)
  const known = (ms: number | null) => (ms === null ? <span className="text-unknown">unknown</span> : formatMs(ms))
  return (
    <article
      className={cx(
        'flex h-full flex-col gap-2 rounded-md border bg-surface-1 p-3',
        frames[status],
        !isReached && 'hatch',
      )}
    >
      <div>
        <h3 className="flex items-center gap-1.5">
          <StatusGlyph status={status} />
          <Link
            href={paths.region({ region: region.code })}
            prefetch={false}
            className="truncate font-mono text-sm font-semibold text-ink-1 hover:underline"
          >
            {region.code}
          </Link>
        </h3>
        <p className="flex items-baseline justify-between gap-2 text-xs">
          <span className="truncate text-ink-3">{shortCity(region.city)}</span>
          <span className={cx('font-medium', statusText[status])}>{word}</span>
        </p>
      </div>
      <dl
        className={cx(
          'grid gap-x-6 gap-y-0.5 text-sm max-md:grid-cols-2',
          freshness === 'fresh' ? 'text-ink-1' : 'text-unknown',
        )}
      >
        <Line name="read p99">{isReached ? known(region.readLatency.p99Ms) : known(null)}</Line>
        <Line name="worst lag">{isReached ? lagWords(region, known) : known(null)}</Line>
        <Line name="tenants homed">{formatCount(region.tenantsHomed)}</Line>
        <Line name="epoch changes 24 h">{formatCount(region.epochChanges24h)}</Line>
      </dl>
      {status === 'ok' ? null : (
        <p className="text-xs text-ink-2">
          {status !== region.status && 'Last known: '}
          {region.says}
        </p>
      )}
      {isSplit(split) && <SplitView split={split} />}
      <span className="mt-auto">
        <FreshnessBadge seen={region.seen} vantages={seenFrom(split)} isWrapping />
      </span>
    </article>
  )
}

/** A region without a primary or a standby has no lag: that is not the same as an unknown one. */
function lagWords(region: RegionView, known: (ms: number | null) => ReactNode): ReactNode {
  const hasLag = region.primaryOf.length + region.standbyOf.length > 0
  return hasLag ? known(region.worstLagMs) : <span className="text-ink-3">none</span>
}

function seenFrom({ reached, notReached, notHeard }: VantageSplit): string {
  const count = reached.length + notReached.length + notHeard.length
  return `${reached.length}/${count} vantages`
}

function SplitView({ split }: { split: VantageSplit }) {
  return (
    <div className="grid gap-2 border-t border-hairline pt-1.5 text-xs max-md:grid-cols-2">
      <Vantages title="Reached from" vantages={split.reached} />
      <Vantages title="Not reached from" vantages={split.notReached} />
    </div>
  )
}

function Vantages({ title, vantages }: { title: string; vantages: readonly string[] }) {
  return (
    <div className="min-w-0">
      <p className="text-ink-3">{title}</p>
      <ul className="text-ink-1">
        {vantages.map((vantage) => (
          <li key={vantage} className="truncate font-mono leading-5">
            {vantage}
          </li>
        ))}
      </ul>
    </div>
  )
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-2">
      <dt className="truncate text-xs text-ink-3">{name}</dt>
      <dd className="whitespace-nowrap">{children}</dd>
    </div>
  )
}

/** "Ashburn (N. Virginia)" is "Ashburn" on a card. */
function shortCity(city: string): string {
  return city.replace(/\s*\(.*\)|\/.*/g, '')
}

const frames = {
  ok: 'border-hairline',
  warn: 'border-warn/50',
  crit: 'border-crit/60',
  active: 'border-active/50',
  unknown: 'border-dashed border-unknown/60',
}
