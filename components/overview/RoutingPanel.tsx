'use client'
import { useState } from 'react'
import { formatMsBare, formatRate, formatRatio } from '@/model/format'
import type { LinkView, Overview } from '@/model/schemas/estate'
import { isOfInterest, linkStatus, linkStatusAt } from '../map/prepare-map'
import { RoutingMap } from '../map/RoutingMap'
import { useNow } from '../shell/clock'
import { oldestOf } from '../shell/FreshnessBadge'
import { LastKnown } from '../shell/LastKnown'
import { Panel, type PanelQuery } from '../shell/Panel'
import { statusAt, worstFirst } from '../shell/status-now'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import { ShowAll } from '../ui/ShowAll'
import { Skeleton } from '../ui/Skeleton'
import { StatusGlyph } from '../ui/StatusGlyph'

/** Those with trouble come first and are never left out; beside the map and on a phone there is room for this many. */
const LINKS_AT_FIRST = 6

/** Where data and requests flow: the map, and the same links as a table beside it. */
export function RoutingPanel({ query }: { query: PanelQuery<Overview> }) {
  return (
    <Panel
      title="Routing"
      note="Replication, requests, and links that are slow or down"
      query={query}
      padded={false}
      seen={(overview) => oldestOf(overview.links.filter((link) => link.state === 'up').map((link) => link.seen))}
      skeleton={<Skeleton className="h-88 w-full" />}
      empty={({ links }) =>
        links.some(isOfInterest)
          ? null
          : {
              kind: 'never',
              says: 'No link between regions is known yet.',
              how: 'Links appear with the first probe of a cell.',
            }
      }
    >
      {(overview) => <RoutingContent overview={overview} />}
    </Panel>
  )
}

function RoutingContent({ overview }: { overview: Overview }) {
  const nowMs = useNow()
  const regions = overview.regions.map((region) => ({ ...region, status: statusAt(region.status, region.seen, nowMs) }))
  const links = overview.links.filter(isOfInterest)
  const [isWhole, setWhole] = useState(false)
  const troubledCount = links.filter((link) => linkStatus(link) !== 'ok').length
  const shownCount = isWhole ? links.length : Math.max(LINKS_AT_FIRST, troubledCount)
  return (
    <div className="grid items-center xl:grid-cols-2">
      <div className="p-2">
        <RoutingMap regions={regions} links={overview.links} says={sayMap(regions.length, links)} nowMs={nowMs} />
        <Legend />
      </div>
      <div className="self-start border-hairline max-xl:border-t xl:max-h-96 xl:overflow-y-auto xl:border-l">
        <DataTable
          caption="Links on the map"
          rows={links.toSorted(byTroubleThenLoad).slice(0, shownCount)}
          columns={linkColumns}
          rowId={(link) => `${link.from}-${link.to}`}
          urlKey="links-"
          hasTools={false}
          isCompact
        />
        {links.length > shownCount && <ShowAll what={`${links.length} links`} onShow={() => setWhole(true)} />}
      </div>
    </div>
  )
}

/** What is wrong first, then what carries the copies, then what carries most requests. */
function byTroubleThenLoad(a: LinkView, b: LinkView): number {
  return (
    worstFirst(linkStatus(a), linkStatus(b)) ||
    b.replicates.length - a.replicates.length ||
    (b.requestsPerSecond ?? 0) - (a.requestsPerSecond ?? 0)
  )
}

function sayMap(regionCount: number, links: readonly LinkView[]): string {
  const downCount = links.filter((link) => link.state === 'down').length
  const down = downCount === 0 ? 'none is down' : `${downCount} ${downCount === 1 ? 'is' : 'are'} down`
  return `Map of ${regionCount} regions and ${links.length} links between them; ${down}. The table beside it has the same values.`
}

const linkColumns: readonly Column<LinkView>[] = [
  {
    id: 'link',
    header: 'From → to',
    cell: (link) => (
      <span className="flex items-center gap-1.5 font-mono whitespace-nowrap">
        <LinkGlyph link={link} />
        {link.from} → {link.to}
      </span>
    ),
    value: (link) => `${link.from} ${link.to}`,
  },
  {
    id: 'p50',
    header: 'p50',
    unit: 'ms',
    align: 'right',
    cell: (link) => <LinkLatency link={link} />,
    value: (link) => (link.state === 'up' ? link.latency.p50Ms : null),
  },
  {
    id: 'ratio',
    header: '× budget',
    align: 'right',
    cell: (link) => (link.ratio === null ? <span className="text-ink-3">—</span> : formatRatio(link.ratio)),
    value: (link) => link.ratio,
  },
  {
    id: 'carries',
    header: 'Carries',
    card: 'line',
    cell: (link) => <Carries link={link} />,
    value: (link) => carries(link).join(' · '),
  },
]

function LinkGlyph({ link }: { link: LinkView }) {
  return <StatusGlyph status={linkStatusAt(link, useNow())} size={10} />
}

function LinkLatency({ link }: { link: LinkView }) {
  if (link.state === 'down') return <span className="font-medium text-crit">✕ down</span>
  if (link.state === 'not-established') return <span className="text-unknown">not yet</span>
  if (link.state === 'probe-missing') return <span className="text-ink-3">no probe</span>
  return <LastKnown value={link.latency.p50Ms === null ? null : formatMsBare(link.latency.p50Ms)} seen={link.seen} />
}

/** What a link carries may take two lines: a region that is the standby of many cells must not push the column out. */
function Carries({ link }: { link: LinkView }) {
  const parts = carries(link)
  if (parts.length === 0) return <span className="text-ink-3">nothing</span>
  return (
    <span className="flex flex-wrap gap-x-3">
      {parts.map((part) => (
        <span key={part}>{part}</span>
      ))}
    </span>
  )
}

function carries(link: LinkView): string[] {
  const copies = link.replicates.length > 0 ? [`WAL of ${link.replicates.join(', ')}`] : []
  const requests = link.requestsPerSecond ? [`${formatRate(link.requestsPerSecond)} req/s`] : []
  return [...copies, ...requests]
}

function Legend() {
  return (
    <p className="flex flex-wrap gap-x-4 gap-y-1 px-2 pb-1 text-xs text-ink-3">
      <span className="inline-flex items-center gap-1.5">
        <Stroke className="text-ink-3" width={1.5} hasArrow /> replicates
      </span>
      <span className="inline-flex items-center gap-1.5">
        <Stroke className="text-ink-3" width={1} /> requests
      </span>
      <span className="inline-flex items-center gap-1.5">
        <Stroke className="text-warn" width={1.5} /> slow, ≥ 1.5× budget
      </span>
      <span className="inline-flex items-center gap-1.5">
        <Stroke className="text-crit" width={1.5} dash="5 4" /> down
      </span>
    </p>
  )
}

function Stroke({
  className,
  width,
  dash,
  hasArrow,
}: {
  className: string
  width: number
  dash?: string
  hasArrow?: boolean
}) {
  return (
    <svg aria-hidden viewBox="0 0 28 8" width="28" height="8" className={className}>
      <path d="M0 4H27" stroke="currentColor" strokeWidth={width} strokeDasharray={dash} />
      {hasArrow && <path d="M21 1 28 4 21 7z" fill="currentColor" />}
    </svg>
  )
}
