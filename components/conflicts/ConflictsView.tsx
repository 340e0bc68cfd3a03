'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs'
import { useState } from 'react'
import { isOpenConflict } from '@/model/conflict-states'
import { formatCount } from '@/model/format'
import { paths } from '@/model/paths'
import { sayRowKey } from '@/model/row-key'
import type { ConflictPage, ConflictRow } from '@/model/schemas/conflicts'
import { isUuid } from '@/model/uuid'
import { Page, PageHeader } from '../shell/PageHeader'
import { Panel } from '../shell/Panel'
import { useWhyNot } from '../shell/use-permission'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { Notice } from '../ui/Notice'
import { Segmented } from '../ui/Segmented'
import { SkeletonRows } from '../ui/Skeleton'
import { Boundary } from './Boundary'
import { conflictColumns } from './conflict-columns'
import { DecideDialog } from './DecideDialog'

const states = ['open', 'decided', 'all'] as const
const PAGE = 100

/** Rows that only a former primary holds, or that differ there, until somebody has said which one counts. */
export function ConflictsView() {
  const [status, setStatus] = useQueryState('status', parseAsStringLiteral(states).withDefault('open'))
  const [linked, setServer] = useQueryState('server', parseAsString)
  const server = linked && isUuid(linked) ? linked : null
  const [cursors, setCursors] = useState<readonly string[]>([])
  const after = cursors.at(-1)
  const filter = { status, limit: PAGE, ...(server && { staleServerId: server }), ...(after && { after }) }
  const query = useQuery(useTRPC().conflicts.list.queryOptions(filter, { placeholderData: keepPreviousData }))
  return (
    <Page>
      <PageHeader
        title="Conflicts"
        says="Writes that a former primary took and the new one never saw. One row, one decision."
      />
      <Boundary />
      {linked && !server && (
        <Notice
          status="unknown"
          action={
            <Button size="small" onClick={() => void setServer(null)}>
              Clear filters
            </Button>
          }
        >
          The link’s “server” is no id of a server: it is ignored, and the rows of every server are shown.
        </Notice>
      )}
      <Panel
        title="Rows"
        note={
          query.data && `${formatCount(query.data.openCount)} open, ${formatCount(query.data.decidedCount)} decided`
        }
        query={query}
        padded={false}
        skeleton={<SkeletonRows count={6} />}
        actions={
          <Segmented
            label="Which rows"
            value={status}
            onChange={(next) => {
              setCursors([])
              void setStatus(next)
            }}
            options={[
              { value: 'open', label: 'Open' },
              { value: 'decided', label: 'Decided' },
              { value: 'all', label: 'All' },
            ]}
          />
        }
        empty={(page) => emptyOf(page, { status, isOfServer: server !== null, onClear: () => void setServer(null) })}
      >
        {(page) => (
          <Cases
            key={`${status} ${after ?? ''}`}
            page={page}
            server={server}
            onServer={() => void setServer(null)}
            onBack={cursors.length > 0 ? () => setCursors(cursors.slice(0, -1)) : null}
            onNext={page.next === null ? null : () => setCursors([...cursors, page.next!])}
          />
        )}
      </Panel>
    </Page>
  )
}

function emptyOf(
  page: ConflictPage,
  { status, isOfServer, onClear }: { status: (typeof states)[number]; isOfServer: boolean; onClear: () => void },
) {
  if (page.cases.length > 0) return null
  if (isOfServer) return { kind: 'filtered' as const, says: 'No row of this server matches.', onClear }
  const total = page.openCount + page.decidedCount
  if (status === 'open' && total > 0)
    return { kind: 'healthy' as const, says: `No row waits for a decision: all ${formatCount(total)} are decided.` }
  if (total > 0) return { kind: 'filtered' as const, says: 'No row is in this state.', onClear }
  return {
    kind: 'never' as const,
    says: 'No row was ever lost.',
    how: 'Rows come here when the old primary of a forced failover is read out.',
  }
}

type CasesProps = {
  page: ConflictPage
  server: string | null
  onServer: () => void
  onBack: (() => void) | null
  onNext: (() => void) | null
}

function Cases({ page, server, onServer, onBack, onNext }: CasesProps) {
  const router = useRouter()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [isDeciding, setDeciding] = useState(false)
  const whyNot = useWhyNot('conflict:decide')
  const open = page.cases.filter(isOpenConflict)
  // A row that somebody else has decided since leaves the selection by itself.
  const selected = open.filter(({ id }) => chosen.has(id)).map(({ id }) => id)
  const toggle = (id: string) => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    setChosen(next)
  }
  const isAll = open.length > 0 && selected.length === open.length
  return (
    <>
      <DataTable
        caption="Conflicts"
        rows={page.cases}
        columns={[tickColumn(chosen, toggle), ...conflictColumns]}
        rowId={(one) => one.id}
        onOpen={(one) => router.push(paths.conflict({ id: one.id }))}
        csvName="conflicts"
        toolbar={
          <>
            {open.length > 0 && (
              <Button size="small" onClick={() => setChosen(new Set(isAll ? [] : open.map(({ id }) => id)))}>
                {isAll ? 'Choose none' : `Choose all ${formatCount(open.length)} on this page`}
              </Button>
            )}
            <Button
              tone="primary"
              size="small"
              disabledReason={whyNot ?? (selected.length === 0 ? 'Choose rows first.' : null)}
              onClick={() => setDeciding(true)}
            >
              {selected.length === 0 ? 'Decide' : `Decide on ${formatCount(selected.length)}`}
            </Button>
            {server && (
              <span className="ml-auto flex items-center gap-2 text-sm text-ink-2">
                Of one server only.
                <Link href={paths.staleServer({ id: server })} className="link">
                  Open it
                </Link>
                <Button size="small" onClick={onServer}>
                  Show every server
                </Button>
              </span>
            )}
          </>
        }
      />
      {(onBack || onNext) && (
        <nav aria-label="Pages of conflicts" className="flex justify-end gap-2 border-t border-hairline p-3">
          <Button size="small" disabled={!onBack} onClick={() => onBack?.()}>
            Back
          </Button>
          <Button size="small" disabled={!onNext} onClick={() => onNext?.()}>
            Next
          </Button>
        </nav>
      )}
      {isDeciding && (
        <DecideDialog ids={selected} onClose={() => setDeciding(false)} onDecided={() => setChosen(new Set())} />
      )}
    </>
  )
}

function tickColumn(chosen: ReadonlySet<string>, toggle: (id: string) => void): Column<ConflictRow> {
  return {
    id: 'choose',
    header: 'Choose',
    isSortable: false,
    card: 'pair',
    cell: (one) =>
      isOpenConflict(one) ? (
        <label className="inline-flex size-6 cursor-pointer items-center justify-center">
          <span className="sr-only">
            Choose {one.table}, {sayRowKey(one.key)}
          </span>
          <input type="checkbox" checked={chosen.has(one.id)} onChange={() => toggle(one.id)} className="size-4" />
        </label>
      ) : null,
  }
}
