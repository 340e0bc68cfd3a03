'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { paths } from '@/model/paths'
import type { CellView } from '@/model/schemas/estate'
import type { CellReadiness, ReadinessList } from '@/model/schemas/readiness'
import { Page, PageHeader } from '../shell/PageHeader'
import { Panel } from '../shell/Panel'
import { RegionChip } from '../shell/RegionChip'
import { useWhyNot } from '../shell/use-permission'
import { useTRPC } from '../trpc'
import { ButtonLink } from '../ui/Button'
import { Notice } from '../ui/Notice'
import { SkeletonRows } from '../ui/Skeleton'
import { CellActions } from './CellActions'
import { ReasonList } from './ReasonList'
import { VerdictLine } from './VerdictLine'
import { WhatIfPanel } from './WhatIfPanel'

/** Would a failover work now? The worst cell first, with what to do about it; below, what if a region went dark. */
export function DrView() {
  const trpc = useTRPC()
  const readiness = useQuery(trpc.readiness.list.queryOptions({}))
  const structure = useQuery(trpc.cells.list.queryOptions())
  const whyNotYou = useWhyNot('operation:request')
  return (
    <Page>
      <PageHeader
        title="DR readiness"
        says="Whether a failover would work now. What was proven decays: first it is stale, then it has failed."
        actions={
          <>
            <ButtonLink href={paths.readiness()}>Every check</ButtonLink>
            <ButtonLink href={paths.drills()}>Drills</ButtonLink>
            <ButtonLink href={paths.drillHistory()}>History</ButtonLink>
          </>
        }
      />
      {whyNotYou && (
        <Notice status="unknown">You can look at everything here. To ask for a failover: {whyNotYou}</Notice>
      )}
      <Panel
        title="Cells"
        note="The worst first"
        query={readiness}
        padded={false}
        skeleton={<SkeletonRows count={5} className="h-20" />}
        empty={({ cells }) =>
          cells.length > 0
            ? null
            : { kind: 'never', says: 'No cell is declared.', how: 'Apply an estate, and its cells are proven here.' }
        }
        partial={sayUnevaluated}
      >
        {({ cells }) => (
          <ul aria-label="Cells by readiness" className="divide-y divide-hairline">
            {cells.map((cell) => (
              <CellRow
                key={cell.cellId}
                readiness={cell}
                cell={structure.data?.find(({ id }) => id === cell.cellId) ?? null}
              />
            ))}
          </ul>
        )}
      </Panel>
      <WhatIfPanel />
    </Page>
  )
}

const STALE_AFTER_MS = 120_000

/** Who proves readiness may have stopped: then every verdict is of an earlier time, and says so here. */
function sayUnevaluated({ cells }: ReadinessList, nowMs: number): string | null {
  const old = cells.filter(
    ({ verdict }) => verdict.evaluatedAt === null || nowMs - Date.parse(verdict.evaluatedAt) > STALE_AFTER_MS,
  )
  if (old.length === 0) return null
  return `${old.length} of ${cells.length} cells were not evaluated in the last two minutes (${old.map(({ cellId }) => cellId).join(', ')}).`
}

function CellRow({ readiness, cell }: { readiness: CellReadiness; cell: CellView | null }) {
  const { cellId, name, region, verdict } = readiness
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h3 className="font-medium text-ink-1">
          <Link href={paths.readiness({ cell: cellId })} prefetch={false} className="font-mono hover:underline">
            {cellId}
          </Link>{' '}
          <span className="font-normal text-ink-2">{name}</span>
        </h3>
        {region && <RegionChip region={region} bare />}
        <VerdictLine verdict={verdict} />
        <CellActions readiness={readiness} cell={cell} />
      </div>
      <ReasonList cell={readiness} />
    </li>
  )
}
