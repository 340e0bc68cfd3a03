'use client'
import Link from 'next/link'
import { formatMs } from '@/model/format'
import { paths } from '@/model/paths'
import type { RegionView } from '@/model/schemas/estate'
import { useStatusNow } from '../shell/status-now'
import { StatusGlyph } from '../ui/StatusGlyph'
import { statusWords } from '../ui/StatusPill'
import { isSplit, splitVantages } from './split-vantages'

/** On a phone a healthy region is one line, below everything that needs somebody; its card is on wider screens and on its page. */
export function QuietRegions({ regions }: { regions: readonly RegionView[] }) {
  return (
    <ul
      aria-label="Healthy regions"
      className="divide-y divide-hairline rounded-md border border-hairline bg-surface-1 empty:hidden md:hidden"
    >
      {regions
        .toSorted((a, b) => a.code.localeCompare(b.code))
        .map((region) => (
          <QuietRegion key={region.code} region={region} />
        ))}
    </ul>
  )
}

function QuietRegion({ region }: { region: RegionView }) {
  if (!useIsQuiet(region)) return null
  const { p99Ms } = region.readLatency
  return (
    <li>
      <Link
        href={paths.region({ region: region.code })}
        prefetch={false}
        className="flex min-h-11 items-center gap-2 px-4 text-sm focus-visible:-outline-offset-2"
      >
        <StatusGlyph status="ok" />
        <span className="flex-1 font-mono text-ink-1">{region.code}</span>
        <span className="text-ink-2">{statusWords.ok}</span>
        <span className="min-w-24 text-right text-ink-2">
          <span className="text-xs text-ink-3">p99</span>{' '}
          {p99Ms === null ? <span className="text-unknown">unknown</span> : formatMs(p99Ms)}
        </span>
      </Link>
    </li>
  )
}

/** Healthy as heard just now, and no two vantages disagree about it. */
export function useIsQuiet(region: RegionView): boolean {
  const status = useStatusNow(region.status, region.seen)
  return status === 'ok' && !isSplit(splitVantages(region.vantages))
}
