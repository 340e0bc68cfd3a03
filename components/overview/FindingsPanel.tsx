'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { formatCount } from '@/model/format'
import { paths } from '@/model/paths'
import type { ServerFinding } from '@/model/schemas/estate'
import { pillOfFinding } from '../regions/finding-words'
import { splitOutcomes } from '../regions/split-outcomes'
import { FailureCard } from '../shell/FailureCard'
import { seenAt } from '../shell/FreshnessBadge'
import { Panel } from '../shell/Panel'
import { TimeStamp } from '../shell/TimeStamp'
import { useTRPC } from '../trpc'
import { StatusPill } from '../ui/StatusPill'

/** The servers about which something must be said, each by the name of what is wrong and by who sees it. Nothing while all is well. */
export function FindingsPanel() {
  const query = useQuery(useTRPC().cells.findings.queryOptions())
  if (query.error && !query.data)
    return <FailureCard error={query.error} what="Servers in trouble" onRetry={() => void query.refetch()} />
  if (!query.data || query.data.count === 0) return null
  return (
    <Panel
      title="Servers in trouble"
      note="by name, from every vantage together"
      query={query}
      padded={false}
      seen={({ asOf }) => seenAt(asOf, null)}
    >
      {({ findings, count }) => (
        <>
          <ul className="divide-y divide-hairline">
            {findings.map((found) => (
              <FindingRow key={found.member} found={found} />
            ))}
          </ul>
          {count > findings.length && (
            <p className="border-t border-hairline px-4 py-2 text-sm text-ink-3">
              {formatCount(count - findings.length)} more are not listed.
            </p>
          )}
        </>
      )}
    </Panel>
  )
}

function FindingRow({ found }: { found: ServerFinding }) {
  const { member, region, finding } = found
  return (
    <li className="grid gap-x-4 gap-y-1 px-4 py-2 md:grid-cols-[12rem_minmax(0,1fr)_auto] md:items-baseline">
      <p className="flex flex-wrap items-center gap-x-2">
        <Link href={paths.region({ region })} prefetch={false} className="font-mono text-ink-1 hover:underline">
          {member}
        </Link>
        <span className="text-xs text-ink-3">
          <Part found={found} />
        </span>
      </p>
      <div className="min-w-0 text-sm">
        <StatusPill {...pillOfFinding(finding.name)} bare /> <span className="text-ink-1">{finding.says}</span>
        {finding.vantages.length > 0 && <p className="text-xs text-ink-3">{splitOutcomes(finding)}</p>}
      </div>
      <p className="text-sm text-ink-2">
        {finding.since ? (
          <>
            since <TimeStamp at={finding.since} form="clock" />
          </>
        ) : (
          <span className="text-ink-3">since when is not known</span>
        )}
      </p>
    </li>
  )
}

/** A server that a failover left behind stands by for nobody. */
function Part({ found: { cellId, isActive, staleServerId } }: { found: ServerFinding }) {
  if (isActive) return `writer of ${cellId}`
  if (staleServerId === null) return `standby of ${cellId}`
  return (
    <Link
      href={paths.staleServer({ id: staleServerId })}
      prefetch={false}
      className="link inline-flex min-h-6 items-center"
    >
      stale server of {cellId}
    </Link>
  )
}
