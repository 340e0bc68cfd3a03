'use client'
import { useQuery } from '@tanstack/react-query'
import { formatMs, formatSpan } from '@/model/format'
import type { ConsoleStatus } from '@/model/schemas/estate'
import { clockOffsetMs, useNow } from '../shell/clock'
import { FreshnessBadge, seenAt } from '../shell/FreshnessBadge'
import { connectionOf, useLiveState } from '../shell/live-state'
import { Page, PageHeader } from '../shell/PageHeader'
import { Panel } from '../shell/Panel'
import { RegionChip } from '../shell/RegionChip'
import { statusAt, worstFirst } from '../shell/status-now'
import { TimeStamp } from '../shell/TimeStamp'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import { useTRPC } from '../trpc'
import { CopyText } from '../ui/CopyText'
import { Facts } from '../ui/Facts'
import { ProbeSays } from '../ui/ProbeSays'
import { Skeleton } from '../ui/Skeleton'
import { StatusGlyph } from '../ui/StatusGlyph'
import { StatusPill } from '../ui/StatusPill'

type Process = ConsoleStatus['processes'][number]
type RegionReach = ConsoleStatus['regions'][number]
type Skew = ConsoleStatus['clockSkew'][number]

/** Can the console itself be trusted now? */
export function StatusView() {
  const status = useQuery(useTRPC().status.get.queryOptions())
  return (
    <Page>
      <PageHeader
        title="Console health"
        says="The regions do not depend on the console: when it is down, cells keep serving and routers use their cached routes."
      />
      <div className="grid gap-4 xl:grid-cols-2">
        <Panel
          title="Console"
          query={status}
          seen={(answer) => seenAt(answer.asOf, answer.servedFrom)}
          skeleton={<Skeleton className="h-44 w-full" />}
        >
          {(answer) => <ConsoleFacts status={answer} />}
        </Panel>
        <Panel
          title="Processes"
          query={status}
          padded={false}
          skeleton={<Skeleton className="h-44 w-full" />}
          empty={({ processes }) =>
            processes.length === 0 ? { kind: 'never', says: 'No process has reported.', how: 'Start a worker.' } : null
          }
        >
          {({ processes }) => (
            <DataTable
              caption="Processes"
              urlKey="processes-"
              rows={processes}
              columns={processColumns}
              rowId={(process) => process.id}
              hasTools={false}
              isCompact
            />
          )}
        </Panel>
        <Panel
          title="Regions, as the workers reach them"
          query={status}
          padded={false}
          skeleton={<Skeleton className="h-60 w-full" />}
        >
          {({ regions }) => (
            <DataTable
              caption="Regions"
              urlKey="regions-"
              rows={regions.toSorted((a, b) => worstFirst(a.status, b.status))}
              columns={regionColumns}
              rowId={(region) => region.code}
              hasTools={false}
              isCompact
            />
          )}
        </Panel>
        <Panel
          title="Clock skew of the servers"
          note="against the console’s clock"
          query={status}
          padded={false}
          skeleton={<Skeleton className="h-60 w-full" />}
        >
          {({ clockSkew }) => (
            <DataTable
              caption="Clock skew"
              urlKey="skew-"
              rows={clockSkew}
              columns={skewColumns}
              rowId={(skew) => skew.member}
              hasTools={false}
              isCompact
            />
          )}
        </Panel>
      </div>
    </Page>
  )
}

function ConsoleFacts({ status }: { status: ConsoleStatus }) {
  const live = useLiveState()
  const { catalog, audit } = status
  const isReachable = catalog.reachable && !live.isCatalogLost
  const catalogWord = isReachable
    ? `Reachable${catalog.latencyMs === null ? '' : `, ${formatMs(catalog.latencyMs)}`}`
    : 'Unreachable: dangerous actions are refused'
  return (
    <Facts
      facts={[
        [
          'Served from',
          <span key="from" className="font-mono">
            {status.servedFrom}
          </span>,
        ],
        ['Environment', status.environment],
        ['Build', <CopyText key="build" text={status.build} label="Copy the build" />],
        ['Catalog', <StatusPill key="catalog" status={isReachable ? 'ok' : 'crit'} word={catalogWord} bare />],
        ...(catalog.detail ? ([['Catalog says', <ProbeSays key="says" raw={catalog.detail} />]] as const) : []),
        ['Live updates', liveWords[connectionOf(live)]],
        ['This browser’s clock', sayOffset(clockOffsetMs())],
        ['Audit: last number', audit.lastSeq ?? 'none yet'],
        [
          'Audit: waiting for a number',
          `${audit.inboxCount}${audit.oldestInboxAgeMs === null ? '' : `, oldest ${formatSpan(audit.oldestInboxAgeMs)}`}`,
        ],
      ]}
    />
  )
}

const liveWords = { connecting: 'connecting', live: 'streaming', lost: 'lost: refetching every 30 s' } as const

function sayOffset(offsetMs: number): string {
  if (Math.abs(offsetMs) < 1_000) return 'agrees with the server within 1 s'
  return `${formatSpan(Math.abs(offsetMs))} ${offsetMs > 0 ? 'behind' : 'ahead of'} the server; ages here use the server’s`
}

const processColumns: readonly Column<Process>[] = [
  {
    id: 'id',
    header: 'Process',
    cell: (process) => <Named name={process.id} status={process.status} seen={process.seen} />,
    value: (process) => process.id,
  },
  { id: 'kind', header: 'Kind', cell: (process) => process.kind, value: (process) => process.kind },
  {
    id: 'region',
    header: 'Region',
    cell: (process) => <span className="font-mono whitespace-nowrap">{process.region}</span>,
    value: (process) => process.region,
  },
  {
    id: 'started',
    header: 'Started',
    unit: 'UTC',
    cell: (process) => <TimeStamp at={process.startedAt} form="clock" />,
    value: (process) => process.startedAt,
  },
  {
    id: 'seen',
    header: 'Last beat',
    // A process beats from the region that stands two columns before.
    cell: (process) => <FreshnessBadge seen={{ ...process.seen, vantage: null }} isWrapping />,
    value: (process) => process.seen.observedAt,
  },
]

const regionColumns: readonly Column<RegionReach>[] = [
  { id: 'region', header: 'Region', cell: (region) => <Reach region={region} />, value: (region) => region.code },
  { id: 'says', header: 'Says', card: 'line', cell: (region) => region.says, value: (region) => region.says },
  {
    id: 'seen',
    header: 'Seen',
    cell: (region) => <FreshnessBadge seen={region.seen} />,
    value: (region) => region.seen.observedAt,
  },
]

const skewColumns: readonly Column<Skew>[] = [
  {
    id: 'server',
    header: 'Server',
    cell: (skew) => <span className="font-mono">{skew.member}</span>,
    value: (skew) => skew.member,
  },
  {
    id: 'skew',
    header: 'Skew',
    align: 'right',
    cell: (skew) => (skew.skewMs === null ? <span className="text-unknown">unknown</span> : formatMs(skew.skewMs)),
    value: (skew) => skew.skewMs,
  },
  {
    id: 'seen',
    header: 'Seen',
    cell: (skew) => <FreshnessBadge seen={skew.seen} />,
    value: (skew) => skew.seen.observedAt,
  },
]

function Named({ name, status, seen }: { name: string; status: Process['status']; seen: Process['seen'] }) {
  return (
    <span className="flex items-center gap-1.5 font-mono whitespace-nowrap">
      <StatusGlyph status={statusAt(status, seen, useNow())} size={10} />
      {name}
    </span>
  )
}

function Reach({ region }: { region: RegionReach }) {
  return <RegionChip region={region.code} status={statusAt(region.status, region.seen, useNow())} bare />
}
