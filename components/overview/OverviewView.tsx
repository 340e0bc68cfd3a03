'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { paths } from '@/model/paths'
import { OpenBreakGlass } from '../approvals/OpenBreakGlass'
import { FailureCard } from '../shell/FailureCard'
import { Page, PageHeader } from '../shell/PageHeader'
import { Panel } from '../shell/Panel'
import { useTRPC } from '../trpc'
import { Skeleton } from '../ui/Skeleton'
import { CellsPanel } from './CellsPanel'
import { EventFeed } from './EventFeed'
import { FindingsPanel } from './FindingsPanel'
import { LagPanel } from './LagPanel'
import { QuietRegions } from './QuietRegions'
import { RegionStrip } from './RegionStrip'
import { RoutingPanel } from './RoutingPanel'
import { StalePanel } from './StalePanel'
import { TrafficPanel } from './TrafficPanel'
import { VerdictBanner } from './VerdictBanner'
import { WorkPanels } from './WorkPanel'

/** What is broken, where, since when, who sees it: in this order, without a click. */
export function OverviewView() {
  const overview = useQuery(useTRPC().overview.get.queryOptions())
  return (
    <Page>
      <PageHeader title="Overview" />
      {overview.error != null && (
        <FailureCard error={overview.error} what="Overview" onRetry={() => void overview.refetch()} />
      )}
      {overview.data ? (
        <>
          <VerdictBanner overview={overview.data} />
          <RegionStrip regions={overview.data.regions} />
        </>
      ) : (
        overview.error == null && <HeadSkeleton />
      )}
      <OpenBreakGlass />
      <FindingsPanel />
      <StalePanel />
      {overview.data && <QuietRegions regions={overview.data.regions} />}
      <RoutingPanel query={overview} />
      <WorkPanels />
      <LagPanel />
      <CellsPanel query={overview} />
      <TrafficPanel query={overview} />
      <Panel
        title="Events"
        note="Times in UTC"
        query={overview}
        padded={false}
        skeleton={<Skeleton className="h-40 w-full" />}
        empty={({ events }) =>
          events.length === 0
            ? {
                kind: 'never',
                says: 'Nothing has happened yet.',
                how: 'Every change of the estate will be listed here.',
              }
            : null
        }
        actions={
          <Link href={paths.audit()} className="link inline-flex min-h-6 items-center text-sm">
            Audit
          </Link>
        }
      >
        {({ events }) => <EventFeed events={events} />}
      </Panel>
    </Page>
  )
}

function HeadSkeleton() {
  return (
    <div aria-busy className="grid gap-4">
      <span className="sr-only">Loading the overview</span>
      <Skeleton className="h-19 w-full" />
      <Skeleton className="h-44 w-full" />
    </div>
  )
}
