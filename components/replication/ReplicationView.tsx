'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { formatSpan } from '@/model/format'
import { PROBE_INTERVAL_MS } from '@/model/observations'
import { oldestOf } from '../shell/FreshnessBadge'
import { Page, PageHeader } from '../shell/PageHeader'
import { Panel } from '../shell/Panel'
import { useTRPC } from '../trpc'
import { Segmented } from '../ui/Segmented'
import { Skeleton } from '../ui/Skeleton'
import { LagCharts, lagMeasures } from './LagCharts'
import { LagTable } from './LagTable'
import { sayNotHeard, silentWriters } from './prepare-rpo'
import { RpoSummary } from './RpoSummary'
import { lagWindowIds, lagWindows } from './windows'

/** Would a failover now lose anything, and how much? Three measures of lag, never merged. */
export function ReplicationView() {
  const [measure, setMeasure] = useQueryState('measure', parseAsStringLiteral(lagMeasures).withDefault('age'))
  const [windowId, setWindowId] = useQueryState('window', parseAsStringLiteral(lagWindowIds).withDefault('15m'))
  const replication = useQuery({
    ...useTRPC().replication.get.queryOptions({ windowMs: lagWindows[windowId].windowMs }),
    placeholderData: keepPreviousData,
  })
  const cells = useQuery(useTRPC().cells.list.queryOptions())
  return (
    <Page>
      <PageHeader title="Replication lag" says="What each standby has replayed, seen from its own region." />
      <Panel
        title="What would a failover lose now?"
        note={`While its writer writes: at most the age of the newest heartbeat that the standby holds, written every ${formatSpan(PROBE_INTERVAL_MS)}`}
        query={replication}
        seen={({ lags }) => oldestOf(lags.filter((lag) => lag.state !== 'disconnected').map((lag) => lag.seen))}
        skeleton={<Skeleton className="h-14 w-full" />}
      >
        {({ lags }) => <RpoSummary lags={lags} silent={cells.data ? silentWriters(cells.data) : null} />}
      </Panel>
      <Panel
        title="Are the standbys keeping up?"
        note={replication.data && `last ${formatSpan(replication.data.windowMs)}, one scale for all`}
        query={replication}
        skeleton={<Skeleton className="h-96 w-full" />}
        partial={({ lags }, nowMs) => sayNotHeard(lags, nowMs)}
        empty={({ lags }) =>
          lags.length === 0
            ? { kind: 'never', says: 'No standby is known.', how: 'Declare members of a cell in homeport.yaml.' }
            : null
        }
        actions={
          <>
            <Segmented label="Measure" options={measureOptions} value={measure} onChange={setMeasure} />
            <Segmented label="Window" options={windowOptions} value={windowId} onChange={setWindowId} />
          </>
        }
      >
        {(answer) => <LagCharts replication={answer} measure={measure} />}
      </Panel>
      <Panel title="Standbys" query={replication} padded={false} skeleton={<Skeleton className="h-60 w-full" />}>
        {({ lags }) => <LagTable lags={lags} />}
      </Panel>
    </Page>
  )
}

const windowOptions = lagWindowIds.map((value) => ({ value, label: lagWindows[value].label }))
const measureOptions = [
  { value: 'age', label: 'Heartbeat age' },
  { value: 'bytes', label: 'Backlog bytes' },
] as const
