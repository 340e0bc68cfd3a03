'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { formatCount } from '@/model/format'
import { paths } from '@/model/paths'
import type { StaleServerSummary } from '@/model/schemas/stale-servers'
import { Page, PageHeader } from '../shell/PageHeader'
import { Panel } from '../shell/Panel'
import { RegionChip } from '../shell/RegionChip'
import { TimeStamp } from '../shell/TimeStamp'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import { useTRPC } from '../trpc'
import { Segmented } from '../ui/Segmented'
import { SkeletonRows } from '../ui/Skeleton'
import { StatusPill } from '../ui/StatusPill'
import { sayLostTime, staleWord } from './stale-words'

const filters = ['all', 'open'] as const

/** Every stale server, newest first: what a failover left behind. */
export function StaleServersView() {
  const router = useRouter()
  const [status, setStatus] = useQueryState('status', parseAsStringLiteral(filters).withDefault('all'))
  const query = useQuery(useTRPC().staleServers.list.queryOptions({ status }))
  return (
    <Page>
      <PageHeader
        title="Stale servers"
        says="A forced failover leaves its old primary behind as a stale server. One that was switched off stays off until somebody brings it back closed; any other is closed as soon as it answers. Then it is read out, and rebuilt once people agree."
      />
      <Panel
        title="Servers"
        note="Times in UTC"
        query={query}
        padded={false}
        skeleton={<SkeletonRows count={4} />}
        actions={
          <Segmented
            label="Which servers"
            value={status}
            onChange={(next) => void setStatus(next)}
            options={[
              { value: 'all', label: 'All' },
              { value: 'open', label: 'Not yet rebuilt' },
            ]}
          />
        }
        empty={(servers) => {
          if (servers.length > 0) return null
          if (status === 'open') return { kind: 'healthy', says: 'No stale server waits to be rebuilt.' }
          return {
            kind: 'never',
            says: 'No failover has left a stale server.',
            how: 'A planned switchover leaves none: it reinstates the old primary itself.',
          }
        }}
      >
        {(servers) => (
          <DataTable
            caption="Stale servers"
            rows={servers}
            columns={columns}
            rowId={(server) => server.id}
            onOpen={(server) => router.push(paths.staleServer({ id: server.id }))}
            csvName="stale-servers"
          />
        )}
      </Panel>
    </Page>
  )
}

const columns: readonly Column<StaleServerSummary>[] = [
  {
    id: 'server',
    header: 'Server',
    cell: (server) => (
      <Link href={paths.staleServer({ id: server.id })} className="font-mono whitespace-nowrap hover:underline">
        {server.member}
      </Link>
    ),
    value: (server) => server.member,
  },
  {
    id: 'state',
    header: 'State',
    cell: (server) => <StatusPill {...staleWord(server.status)} />,
    value: (server) => staleWord(server.status).word,
  },
  { id: 'cell', header: 'Cell', cell: (server) => server.cellId, value: (server) => server.cellId },
  {
    id: 'region',
    header: 'Region',
    cell: (server) => <RegionChip region={server.region} />,
    value: (server) => server.region,
  },
  {
    id: 'epoch',
    header: 'Last epoch',
    align: 'right',
    cell: (server) => <span className="font-mono">{server.epoch}</span>,
    value: (server) => server.epoch,
  },
  {
    id: 'left',
    header: 'Left behind',
    unit: 'UTC',
    cell: (server) => <TimeStamp at={server.leftAt} form="clock" />,
    value: (server) => server.leftAt,
  },
  {
    id: 'lost',
    header: 'Rows lost',
    align: 'right',
    cell: (server) =>
      server.lostWriteCount === null ? (
        <span className="text-ink-3">not read yet</span>
      ) : (
        formatCount(server.lostWriteCount)
      ),
    value: (server) => server.lostWriteCount,
  },
  {
    id: 'actual',
    header: 'Lost time',
    cell: (server) => sayLostTime(server),
    value: (server) => server.loss.actualSeconds,
  },
  {
    id: 'undecided',
    header: 'Undecided',
    align: 'right',
    cell: (server) => formatCount(server.openConflictCount),
    value: (server) => server.openConflictCount,
  },
]
