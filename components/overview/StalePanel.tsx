'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { paths } from '@/model/paths'
import type { StaleServerSummary } from '@/model/schemas/stale-servers'
import { staleStates } from '@/model/stale-states'
import { EpochChip } from '../shell/EpochChip'
import { Panel } from '../shell/Panel'
import { TimeStamp } from '../shell/TimeStamp'
import { sayStale } from '../stale-servers/stale-words'
import { useTRPC } from '../trpc'
import { StatusPill } from '../ui/StatusPill'

/** Servers that a failover left behind and that are no standbys again yet, in one region or in all. Nothing while there are none. */
export function StalePanel({ region }: { region?: string }) {
  const query = useQuery(useTRPC().staleServers.list.queryOptions({ status: 'open' }))
  const open = (query.data ?? []).filter((server) => region === undefined || server.region === region)
  if (!query.error && open.length === 0) return null
  return (
    <Panel
      title="Stale servers"
      note="Left behind by a failover; none of them may take a write"
      query={query}
      padded={false}
      actions={
        <Link href={paths.staleServers()} className="link inline-flex min-h-6 items-center text-sm">
          All of them
        </Link>
      }
    >
      {() => (
        <ul aria-label="Stale servers" className="divide-y divide-hairline">
          {open.map((server) => (
            <StaleRow key={server.id} server={server} />
          ))}
        </ul>
      )}
    </Panel>
  )
}

function StaleRow({ server }: { server: StaleServerSummary }) {
  return (
    <li className="grid gap-x-4 gap-y-1 px-4 py-2 md:grid-cols-[12rem_minmax(0,1fr)_auto] md:items-baseline">
      <p className="flex flex-wrap items-center gap-x-2">
        <Link href={paths.staleServer({ id: server.id })} className="font-mono text-ink-1 hover:underline">
          {server.member}
        </Link>
        <EpochChip epoch={server.epoch} />
      </p>
      <p className="min-w-0 text-sm text-ink-1">
        <StatusPill status={server.status === 'away' ? 'unknown' : 'warn'} word={staleStates[server.status]} bare />{' '}
        {sayStale(server)}
      </p>
      <p className="text-sm text-ink-2">
        left <TimeStamp at={server.leftAt} form="ago" />
      </p>
    </li>
  )
}
