'use client'
import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useState } from 'react'
import { formatCount } from '@/model/format'
import { titleOfOperation } from '@/model/operation-kinds'
import { paths } from '@/model/paths'
import type { StaleServerDetail } from '@/model/schemas/stale-servers'
import { EpochChip } from '../shell/EpochChip'
import { Page, PageHeader } from '../shell/PageHeader'
import { PanelFrame } from '../shell/Panel'
import { useWhyNot } from '../shell/use-permission'
import { useTRPC } from '../trpc'
import { Button, ButtonLink } from '../ui/Button'
import { Facts } from '../ui/Facts'
import { StatusPill } from '../ui/StatusPill'
import { BringBackDialog } from './BringBackDialog'
import { HistoryPanel } from './HistoryPanel'
import { LedgerPanel } from './LedgerPanel'
import { LossPanel } from './LossPanel'
import { RebuildDialog } from './RebuildDialog'
import { sayMeaning, staleWord } from './stale-words'

/** One server at its old epoch: what happened when, what was feared and what was found, and what comes next. */
export function StaleServerView({ id }: { id: string }) {
  const { data: server } = useSuspenseQuery(useTRPC().staleServers.get.queryOptions({ id }))
  return (
    <Page>
      <PageHeader
        title={server.member}
        crumbs={[{ label: 'Stale servers', href: paths.staleServers() }]}
        badge={<StatusPill {...staleWord(server.status)} />}
        says={sayMeaning(server)}
        actions={<NextSteps server={server} />}
      />
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <WherePanel server={server} />
        <HistoryPanel server={server} />
      </div>
      <LossPanel server={server} />
      <LedgerPanel server={server} />
    </Page>
  )
}

function NextSteps({ server }: { server: StaleServerDetail }) {
  const [open, setOpen] = useState<'bring-back' | 'rebuild' | null>(null)
  const whyNotControl = useWhyNot('operation:control')
  const whyNotRequest = useWhyNot('operation:request')
  const close = () => setOpen(null)
  const isDone = server.status === 'rebuilt'
  return (
    <>
      {server.fence?.strength === 'POWERED_OFF' && server.status === 'away' && (
        <Button
          tone="primary"
          disabledReason={whyNotControl ?? server.whyNotBringBack}
          onClick={() => setOpen('bring-back')}
        >
          Bring back closed
        </Button>
      )}
      {!isDone && (
        <Button
          tone={server.status === 'extracted' ? 'primary' : 'plain'}
          disabledReason={whyNotRequest ?? server.whyNotReinstate}
          onClick={() => setOpen('rebuild')}
        >
          Rebuild as standby
        </Button>
      )}
      {isDone && (
        <ButtonLink href={paths.newFailover({ cell: server.cellId, target: server.member, verb: 'planned' })}>
          Plan failback
        </ButtonLink>
      )}
      {open === 'bring-back' && <BringBackDialog server={server} onClose={close} />}
      {open === 'rebuild' && <RebuildDialog server={server} onClose={close} />}
    </>
  )
}

function WherePanel({ server }: { server: StaleServerDetail }) {
  return (
    <PanelFrame title="Where it stands">
      <Facts
        facts={[
          ['Server', <span key="m" className="font-mono">{`${server.member} in ${server.region}`}</span>],
          ['Was the writer at', <EpochChip key="e" epoch={server.epoch} />],
          [
            'Writer now',
            <span key="w">
              <span className="font-mono">{server.activeMember}</span> at <EpochChip epoch={server.activeEpoch} />
            </span>,
          ],
          [
            'Left the common log',
            server.divergence.lsn === null
              ? 'not noted'
              : `timeline ${server.divergence.timeline ?? '?'} at ${server.divergence.lsn}`,
          ],
          [
            'System identifier',
            <span key="s" className="font-mono break-all">
              {server.systemIdentifier ?? 'not known'}
            </span>,
          ],
          ['Fenced by', server.fence ? `${server.fence.strength}. ${server.fence.says}` : 'no receipt was found'],
        ]}
      />
      <Runs server={server} />
      <Undecided server={server} />
    </PanelFrame>
  )
}

function Runs({ server }: { server: StaleServerDetail }) {
  const runs = [...server.operations, ...(server.failover ? [server.failover] : [])]
  if (runs.length === 0) return null
  return (
    <ul className="mt-4 grid gap-1 border-t border-hairline pt-3 text-sm">
      {runs.map((run) => (
        <li key={run.id}>
          <Link href={paths.operation({ id: run.id })} className="link inline-flex min-h-6 items-center">
            <span className="mr-1.5 font-mono">{run.code}</span>
            {titleOfOperation(run.kind, run.kind === 'return' ? server.member : server.cellId)}
          </Link>{' '}
          <span className="text-ink-3">{run.status}</span>
        </li>
      ))}
    </ul>
  )
}

function Undecided({ server }: { server: StaleServerDetail }) {
  const cases = useQuery(useTRPC().conflicts.list.queryOptions({ status: 'open', staleServerId: server.id, limit: 1 }))
  if (!cases.data || cases.data.openCount + cases.data.decidedCount === 0) return null
  const { openCount, decidedCount } = cases.data
  return (
    <p className="mt-3 text-sm text-ink-2">
      <Link href={paths.conflicts({ server: server.id })} className="link">
        {sayUndecided(openCount, openCount + decidedCount)}
      </Link>
      .{server.status !== 'rebuilt' && openCount > 0 && ' They do not keep it from being rebuilt.'} Both versions of
      each lie on {server.activeMember}.
    </p>
  )
}

function sayUndecided(openCount: number, totalCount: number): string {
  if (openCount === 0)
    return totalCount === 1 ? 'Its one row is decided' : `All ${formatCount(totalCount)} rows are decided`
  return `${formatCount(openCount)} of ${formatCount(totalCount)} rows wait for a decision`
}
