'use client'
import { useState } from 'react'
import { formatMsBare, formatRatio } from '@/model/format'
import type { Network } from '@/model/schemas/estate'
import { useNow } from '../shell/clock'
import { useFrozenRows } from '../table/use-frozen-rows'
import { LinkSays } from '../ui/ProbeSays'
import { ShowAll } from '../ui/ShowAll'
import { StatusGlyph } from '../ui/StatusGlyph'
import { MatrixCellFace } from './MatrixCellFace'
import { cellStatus, type LatencyMetric, worstLinks } from './prepare-matrix'

/** The links in the order of their trouble; the whole network on a phone. */
export function WorstLinks({
  network,
  metric,
  limit,
  onOpen,
}: {
  network: Network
  metric: LatencyMetric
  limit: number
  onOpen: (from: string, to: string) => void
}) {
  const nowMs = useNow()
  const [isWhole, setWhole] = useState(false)
  const isLonger = !isWhole && network.links.length > limit
  const { frozen, freezeProps } = useFrozenRows(
    worstLinks(network, metric, nowMs).slice(0, isWhole ? undefined : limit),
    ({ link }) => `${link.from}>${link.to}`,
  )
  return (
    <>
      <ol {...freezeProps} className="divide-y divide-hairline">
        {frozen.map(({ link, cell }) => (
          <li key={`${link.from}>${link.to}`}>
            <button
              type="button"
              onClick={() => onOpen(link.from, link.to)}
              className="flex min-h-11 w-full items-center gap-3 px-4 py-1.5 text-left hover:bg-surface-2 focus-visible:-outline-offset-2"
            >
              <StatusGlyph status={cellStatus(cell)} />
              <span className="min-w-0 flex-1">
                <span className="block font-mono text-sm text-ink-1">
                  <span className="whitespace-nowrap">{link.from} →</span>{' '}
                  <span className="whitespace-nowrap">{link.to}</span>
                </span>
                <span className="block truncate text-xs text-ink-3">
                  <Detail link={link} cell={cell} />
                </span>
              </span>
              <span className="text-right whitespace-nowrap">
                <MatrixCellFace cell={cell} />
                {cell.kind === 'up' && <span className="text-xs text-ink-3"> ms</span>}
              </span>
            </button>
          </li>
        ))}
      </ol>
      {isLonger && <ShowAll what={`${network.links.length} links`} onShow={() => setWhole(true)} />}
    </>
  )
}

function Detail({ link, cell }: ReturnType<typeof worstLinks>[number]) {
  if (link.detail) return <LinkSays raw={link.detail} />
  if (cell.kind !== 'up') return `seen from ${link.from}`
  const budget = link.budgetMs === null ? 'no budget' : `budget ${formatMsBare(link.budgetMs)} ms`
  return cell.ratio === null ? budget : `${formatRatio(cell.ratio)} of its ${budget}`
}
