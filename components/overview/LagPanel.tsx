'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { paths } from '@/model/paths'
import { LagGrid } from '../replication/LagGrid'
import { sayNotHeard } from '../replication/prepare-rpo'
import { oldestOf } from '../shell/FreshnessBadge'
import { Panel } from '../shell/Panel'
import { useTRPC } from '../trpc'
import { Skeleton } from '../ui/Skeleton'
import { OVERVIEW_LAG_WINDOW_MS } from './lag-window'

/** The standbys of the last ten minutes, one small line each on one scale. */
export function LagPanel() {
  const replication = useQuery(useTRPC().replication.get.queryOptions({ windowMs: OVERVIEW_LAG_WINDOW_MS }))
  return (
    <Panel
      title="Are the standbys keeping up?"
      note="Age of the last replayed heartbeat, last 10 minutes, one scale"
      query={replication}
      padded={false}
      seen={({ lags }) => oldestOf(lags.filter((lag) => lag.state !== 'disconnected').map((lag) => lag.seen))}
      skeleton={<Skeleton className="h-28 w-full" />}
      partial={({ lags }, nowMs) => sayNotHeard(lags, nowMs)}
      empty={({ lags }) =>
        lags.length === 0
          ? { kind: 'never', says: 'No standby is known.', how: 'Declare members of a cell in homeport.yaml.' }
          : null
      }
      actions={
        <Link href={paths.replication()} className="link inline-flex min-h-6 items-center text-sm">
          Replication lag
        </Link>
      }
    >
      {(answer) => <LagGrid replication={answer} />}
    </Panel>
  )
}
