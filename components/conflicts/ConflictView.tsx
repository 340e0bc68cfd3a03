'use client'
import { useSuspenseQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { type ReactNode, useState } from 'react'
import { paths } from '@/model/paths'
import { sayRowKey } from '@/model/row-key'
import { type ConflictDecision, type ConflictDetail, conflictDecisions } from '@/model/schemas/conflicts'
import { Page, PageHeader } from '../shell/PageHeader'
import { PanelFrame } from '../shell/Panel'
import { TimeStamp } from '../shell/TimeStamp'
import { useWhyNot } from '../shell/use-permission'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { CopyText } from '../ui/CopyText'
import { Facts } from '../ui/Facts'
import { StatusPill } from '../ui/StatusPill'
import { Boundary } from './Boundary'
import { changeWords, conflictWord, decisionMeaning, decisionWord } from './conflict-words'
import { DecideDialog } from './DecideDialog'

/** One row: what differs, where both versions are, and which one counts. */
export function ConflictView({ id }: { id: string }) {
  const { data: one } = useSuspenseQuery(useTRPC().conflicts.get.queryOptions({ id }))
  const { status, word } = conflictWord(one.status)
  return (
    <Page>
      <PageHeader
        title={<span className="break-all">{`${one.table}, ${sayRowKey(one.key)}`}</span>}
        crumbs={[{ label: 'Conflicts', href: paths.conflicts() }]}
        badge={<StatusPill status={status} word={decisionWord(one.decision) ?? word} />}
        says={sayConflict(one)}
      />
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <PanelFrame title="What differs">
          <Facts facts={differences(one)} />
        </PanelFrame>
        <PanelFrame title="Where the rows are">
          <Where one={one} />
        </PanelFrame>
      </div>
      <DecisionPanel one={one} />
    </Page>
  )
}

function sayConflict(one: ConflictDetail): string {
  const there = one.staleMember ?? one.conflictingRegion
  const here = one.heldBy ?? one.homeRegion
  const did = { insert: 'added this row', update: 'changed this row', delete: 'deleted this row' }[one.change]
  return `${there} ${did} in a transaction that ${here} never saw.`
}

function differences(one: ConflictDetail): (readonly [string, ReactNode])[] {
  const hash = (text: string | null) =>
    text ? <CopyText key={text} text={text} shown={`${text.slice(0, 16)}…`} /> : 'no row'
  return [
    ['Tenant', one.tenantName ?? 'no tenant'],
    ['There it was', changeWords[one.change]],
    [
      'Columns',
      <span key="c" className="font-mono break-words">
        {one.columns.join(', ') || 'the whole row'}
      </span>,
    ],
    [`Theirs, in ${one.conflictingRegion}`, hash(one.theirsHash)],
    [`Ours, in ${one.homeRegion}`, hash(one.oursHash)],
    [
      'Versions',
      one.localVersion || one.remoteVersion
        ? `ours ${one.localVersion ?? 'none'}, theirs ${one.remoteVersion ?? 'none'}`
        : 'none noted',
    ],
    ['Transaction there', one.xid ?? 'not known'],
    ['Found', <TimeStamp key="t" at={one.detectedAt} />],
  ]
}

function Where({ one }: { one: ConflictDetail }) {
  if (!one.readCommand || !one.heldBy) return <p className="text-ink-2">This case names no ledger.</p>
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-3">
      <p>
        Both versions lie in <code className="font-mono">homeport.unreplicated_write</code> on{' '}
        <span className="font-mono">{one.heldBy}</span>, in the region where the tenant’s data may lie. The console has
        never seen them. Whoever may read them there runs this in psql:
      </p>
      <code className="block rounded-sm border border-hairline bg-surface-0 p-2 font-mono text-sm break-all">
        {one.readCommand}
      </code>
      <CopyText text={one.readCommand} shown="The line for psql" label="Copy the line for psql" />
      {one.staleServerId && (
        <Link href={paths.staleServer({ id: one.staleServerId })} className="link text-sm">
          Everything that {one.staleMember} wrote on its own
        </Link>
      )}
    </div>
  )
}

function DecisionPanel({ one }: { one: ConflictDetail }) {
  const whyNot = useWhyNot('conflict:decide')
  const [preset, setPreset] = useState<ConflictDecision | null>(null)
  if (one.decision)
    return (
      <PanelFrame title="Decision">
        <p className="font-medium">{conflictDecisions[one.decision]}</p>
        <p className="text-ink-2">{decisionMeaning[one.decision]}</p>
        <p className="mt-2">“{one.note}”</p>
        <p className="text-sm text-ink-3">
          {one.decidedBy?.name} {one.resolvedAt && <TimeStamp at={one.resolvedAt} />}
        </p>
      </PanelFrame>
    )
  return (
    <PanelFrame title="Which one counts">
      <div className="grid gap-4">
        <Boundary />
        <div className="flex flex-wrap items-start gap-3">
          {(Object.keys(conflictDecisions) as ConflictDecision[]).map((decision) => (
            <Button
              key={decision}
              disabledReason={whyNot}
              reasonShownAt="why-not-decide"
              onClick={() => setPreset(decision)}
            >
              {conflictDecisions[decision]}
            </Button>
          ))}
        </div>
        {whyNot && (
          <p id="why-not-decide" className="text-sm text-ink-3">
            {whyNot}
          </p>
        )}
      </div>
      {preset && <DecideDialog ids={[one.id]} preset={preset} onClose={() => setPreset(null)} />}
    </PanelFrame>
  )
}
