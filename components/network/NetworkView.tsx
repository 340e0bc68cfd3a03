'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs'
import { useMemo } from 'react'
import { formatSpan } from '@/model/format'
import type { Network } from '@/model/schemas/estate'
import { useNow } from '../shell/clock'
import { oldestOf } from '../shell/FreshnessBadge'
import { Page, PageHeader } from '../shell/PageHeader'
import { Panel } from '../shell/Panel'
import { useTRPC } from '../trpc'
import { Segmented } from '../ui/Segmented'
import { Skeleton } from '../ui/Skeleton'
import { LatencyMatrix } from './LatencyMatrix'
import { LinkDrawer } from './LinkDrawer'
import { MatrixLegend } from './MatrixLegend'
import { matrixWindows, windowIds } from './matrix-windows'
import { type LatencyMetric, latencyMetrics, prepareMatrix } from './prepare-matrix'
import { WorstLinks } from './WorstLinks'

/** Is a region dead, or only the path to it? Every pair from both ends, each against its own budget. */
export function NetworkView() {
  const [metric, setMetric] = useQueryState('q', parseAsStringLiteral(latencyMetrics).withDefault('p50'))
  const [windowId, setWindowId] = useQueryState('window', parseAsStringLiteral(windowIds).withDefault('5m'))
  const [openLink, setOpenLink] = useQueryState('link', parseAsString)
  const network = useQuery({
    ...useTRPC().network.matrix.queryOptions({ windowMs: matrixWindows[windowId].windowMs }),
    placeholderData: keepPreviousData,
  })
  const onOpen = (from: string, to: string) => void setOpenLink(`${from}..${to}`)
  return (
    <Page>
      <PageHeader
        title="Network latency"
        says="One point read on a kept connection, there and back, from the region of the row to the servers in the region of the column."
      />
      <Panel
        title="Which link is slow or down?"
        note={network.data && `merged over ${formatSpan(network.data.windowMs)}, in ms`}
        query={network}
        padded={false}
        seen={({ links }) => oldestOf(links.filter((link) => link.state === 'up').map((link) => link.seen))}
        skeleton={<Skeleton className="h-80 w-full" />}
        partial={sayPartial}
        empty={({ links }) =>
          links.length === 0
            ? { kind: 'never', says: 'No link is known.', how: 'Links appear with the first probe of a cell.' }
            : null
        }
        actions={
          <>
            <Segmented label="Metric" options={metricOptions} value={metric} onChange={setMetric} />
            <Segmented label="Window" options={windowOptions} value={windowId} onChange={setWindowId} />
          </>
        }
      >
        {(answer) => <MatrixOrList network={answer} metric={metric} onOpen={onOpen} />}
      </Panel>
      <Panel
        title="Worst links"
        query={network}
        padded={false}
        className="max-md:hidden"
        skeleton={<Skeleton className="h-60 w-full" />}
      >
        {(answer) => <WorstLinks network={answer} metric={metric} limit={WORST_SHOWN} onOpen={onOpen} />}
      </Panel>
      <LinkDrawer link={parseLink(openLink, network.data)} onClose={() => void setOpenLink(null)} />
    </Page>
  )
}

const JUDGED_EVERY_MS = 5_000
const WORST_SHOWN = 8
const WORST_SHOWN_PHONE = 12
const metricOptions = latencyMetrics.map((value) => ({ value, label: value }))
const windowOptions = windowIds.map((value) => ({ value, label: matrixWindows[value].label }))

function MatrixOrList({
  network,
  metric,
  onOpen,
}: {
  network: Network
  metric: LatencyMetric
  onOpen: (from: string, to: string) => void
}) {
  // Ages are judged every few seconds: four hundred cells need not be drawn anew each second.
  const judgedAtMs = Math.floor(useNow() / JUDGED_EVERY_MS) * JUDGED_EVERY_MS
  const matrix = useMemo(() => prepareMatrix(network, metric, judgedAtMs), [network, metric, judgedAtMs])
  return (
    <>
      <div className="max-md:hidden">
        <LatencyMatrix matrix={matrix} metric={metric} onOpen={onOpen} />
      </div>
      <div className="md:hidden">
        <WorstLinks network={network} metric={metric} limit={WORST_SHOWN_PHONE} onOpen={onOpen} />
      </div>
      <MatrixLegend />
    </>
  )
}

/** Which vantages are silent: nothing may be concluded about their rows. */
function sayPartial({ regions, links }: Network): string | null {
  const silent = regions.filter((region) => {
    const mine = links.filter((link) => link.from === region)
    return mine.length > 0 && mine.every((link) => link.seen.observedAt === null)
  })
  if (silent.length === 0) return null
  return `${regions.length - silent.length}/${regions.length} vantages reporting (missing ${silent.join(', ')})`
}

/** The link in the URL, if it names two regions of this network. */
function parseLink(text: string | null, network: Network | undefined): { from: string; to: string } | null {
  const [from, to] = text?.split('..') ?? []
  return network?.links.find((link) => link.from === from && link.to === to) ?? null
}
