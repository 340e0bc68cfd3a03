'use client'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { paths } from '@/model/paths'
import type { RegionDetail } from '@/model/schemas/estate'
import { suggestVerb } from '../failovers/prepare-verbs'
import { EventFeed } from '../overview/EventFeed'
import { StalePanel } from '../overview/StalePanel'
import { splitVantages } from '../overview/split-vantages'
import { FailureCard } from '../shell/FailureCard'
import { Page, PageHeader } from '../shell/PageHeader'
import { Panel } from '../shell/Panel'
import { type QuickAction, useQuickActions } from '../shell/quick-actions'
import { useStatusNow } from '../shell/status-now'
import { useWhyNot } from '../shell/use-permission'
import { useTRPC } from '../trpc'
import { Button, ButtonLink } from '../ui/Button'
import { Skeleton } from '../ui/Skeleton'
import { StatusPill } from '../ui/StatusPill'
import { LinksTable } from './LinksTable'
import { MembersTable } from './MembersTable'
import { RegionFacts } from './RegionFacts'
import { RegionFindings } from './RegionFindings'
import { regionWord } from './region-word'
import { TenantsTable } from './TenantsTable'
import { VantagesTable } from './VantagesTable'

type Detail = ReturnType<typeof RegionDetail.parse>

/** One region: what is known of it, from where, since when, and what lives there. */
export function RegionPageView({ region }: { region: string }) {
  const detail = useQuery(useTRPC().regions.get.queryOptions({ region }))
  return (
    <Page>
      <Head code={region} detail={detail.data} />
      {detail.error != null && <FailureCard error={detail.error} what={region} onRetry={() => void detail.refetch()} />}
      {detail.data && <RegionFindings cells={detail.data.cells} region={region} />}
      <StalePanel region={region} />
      <div className="grid gap-4 xl:grid-cols-2">
        <Panel
          title="Region"
          query={detail}
          seen={(answer) => answer.region.seen}
          skeleton={<Skeleton className="h-52 w-full" />}
        >
          {(answer) => <RegionFacts region={answer.region} />}
        </Panel>
        <Panel
          title="Who reaches it?"
          note="each vantage by itself, never merged"
          query={detail}
          padded={false}
          skeleton={<Skeleton className="h-52 w-full" />}
          empty={(answer) =>
            answer.region.vantages.length === 0
              ? { kind: 'never', says: 'No vantage looks at this region.', how: 'Run a worker in another region.' }
              : null
          }
        >
          {(answer) => <VantagesTable vantages={answer.region.vantages} />}
        </Panel>
      </div>
      <Panel
        title="Latency in and out"
        note="p50 against the budget of the link, in ms"
        query={detail}
        padded={false}
        skeleton={<Skeleton className="h-60 w-full" />}
      >
        {(answer) => <LinksTable region={region} linksIn={answer.linksIn} linksOut={answer.linksOut} />}
      </Panel>
      <Panel
        title="Servers of the cells that live here"
        query={detail}
        padded={false}
        skeleton={<Skeleton className="h-40 w-full" />}
        empty={(answer) =>
          answer.cells.length === 0
            ? { kind: 'never', says: 'No cell has a server here.', how: 'The region is a vantage only.' }
            : null
        }
      >
        {(answer) => <MembersTable cells={answer.cells} region={region} />}
      </Panel>
      <Panel
        title="Tenants homed here"
        query={detail}
        padded={false}
        skeleton={<Skeleton className="h-60 w-full" />}
        empty={(answer) =>
          answer.tenantCount === 0
            ? {
                kind: 'never',
                says: 'No tenant has its home here.',
                how: 'A region that holds standbys only has none.',
              }
            : null
        }
      >
        {(answer) => <TenantsTable tenants={answer.tenants} tenantCount={answer.tenantCount} />}
      </Panel>
      <Panel
        title="Last changes"
        note="Times in UTC"
        query={detail}
        padded={false}
        skeleton={<Skeleton className="h-40 w-full" />}
        empty={(answer) =>
          answer.events.length === 0
            ? { kind: 'never', says: 'Nothing has changed here yet.', how: 'Changes of its cells will be listed.' }
            : null
        }
      >
        {(answer) => <EventFeed events={answer.events} />}
      </Panel>
    </Page>
  )
}

const none: readonly QuickAction[] = []
const crumbs = [{ label: 'Overview', href: paths.overview() }]

function Head({ code, detail }: { code: string; detail: Detail | undefined }) {
  return (
    <PageHeader
      crumbs={crumbs}
      title={<span className="font-mono">{code}</span>}
      badge={detail && <Pill detail={detail} />}
      says={detail ? `${detail.region.city}. ${detail.region.says}` : ' '}
      actions={detail && <Actions detail={detail} />}
    />
  )
}

function Pill({ detail: { region } }: { detail: Detail }) {
  const status = useStatusNow(region.status, region.seen)
  return <StatusPill status={status} word={regionWord(status, splitVantages(region.vantages).reached.length > 0)} />
}

/** Opens the form for each cell that writes here, with the verb that its finding suggests: never forced. Nothing is done from this page. */
function Actions({ detail }: { detail: Detail }) {
  const whyNot = useWhyNot('operation:request')
  const { code } = detail.region
  const actions = useMemo(
    () =>
      detail.cells
        .filter((cell) => cell.activeRegion === code)
        .map((cell) => {
          const verb = suggestVerb(cell)
          return {
            label: `Plan a failover of ${cell.id}`,
            href: paths.newFailover({ cell: cell.id, ...(verb && { verb }) }),
          }
        }),
    [detail.cells, code],
  )
  useQuickActions(whyNot ? none : actions)
  return actions.map(({ label, href }) =>
    whyNot ? (
      <Button key={href} disabledReason={whyNot}>
        {label}…
      </Button>
    ) : (
      <ButtonLink key={href} href={href}>
        {label}…
      </ButtonLink>
    ),
  )
}
