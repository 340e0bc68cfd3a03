'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { HoldView } from '@/model/schemas/holds'
import { Page, PageHeader } from '../shell/PageHeader'
import { Panel } from '../shell/Panel'
import { TimeStamp } from '../shell/TimeStamp'
import { useWhyNot } from '../shell/use-permission'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { SkeletonRows } from '../ui/Skeleton'
import { StatusPill } from '../ui/StatusPill'
import { nameOfHold } from './name-of-hold'
import { PlaceHoldDialog } from './PlaceHoldDialog'
import { ReleaseHoldDialog } from './ReleaseHoldDialog'

/** What is held back now, by whom and why; below, what was. */
export function HoldsView() {
  const holds = useQuery(useTRPC().holds.list.queryOptions({ status: 'all' }))
  const whyNotYou = useWhyNot('hold:place')
  const [isPlacing, setPlacing] = useState(false)
  const [releasing, setReleasing] = useState<HoldView | null>(null)
  return (
    <Page>
      <PageHeader
        title="Holds"
        says="A hold keeps operations from a region, a cell or a tenant until its time is over or somebody releases it."
        actions={
          <Button tone="primary" disabledReason={whyNotYou} onClick={() => setPlacing(true)}>
            Place a hold
          </Button>
        }
      />
      <Panel
        title="In force"
        query={holds}
        padded={false}
        skeleton={<SkeletonRows count={2} className="h-16" />}
        empty={(all) => (all.some(isActive) ? null : { kind: 'healthy', says: 'Nothing is held back.' })}
      >
        {(all) => (
          <ul aria-label="Holds in force" className="divide-y divide-hairline">
            {all.filter(isActive).map((hold) => (
              <ActiveHold key={hold.id} hold={hold} whyNotYou={whyNotYou} onRelease={() => setReleasing(hold)} />
            ))}
          </ul>
        )}
      </Panel>
      <Panel
        title="Over"
        note="Times in UTC"
        query={holds}
        padded={false}
        skeleton={<SkeletonRows count={3} />}
        empty={(all) =>
          all.every(isActive)
            ? { kind: 'never', says: 'No hold has ended yet.', how: 'Place one during an incident or for maintenance.' }
            : null
        }
      >
        {(all) => (
          <DataTable
            caption="Holds that are over"
            rows={all.filter((hold) => !isActive(hold))}
            columns={columns}
            rowId={(hold) => hold.id}
            csvName="holds"
          />
        )}
      </Panel>
      {isPlacing && <PlaceHoldDialog onClose={() => setPlacing(false)} />}
      {releasing && <ReleaseHoldDialog hold={releasing} onClose={() => setReleasing(null)} />}
    </Page>
  )
}

function isActive(hold: HoldView): boolean {
  return hold.state === 'active'
}

function ActiveHold({
  hold,
  whyNotYou,
  onRelease,
}: {
  hold: HoldView
  whyNotYou: string | null
  onRelease: () => void
}) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <span className="min-w-0 flex-1 basis-60">
        <span className="block font-medium text-ink-1">{nameOfHold(hold)}</span>
        <span className="text-sm text-ink-2">
          {hold.reason} · {hold.placedBy.name} <TimeStamp at={hold.placedAt} form="ago" />
          {hold.endsAt ? (
            <>
              {' '}
              · ends <TimeStamp at={hold.endsAt} />
            </>
          ) : (
            ' · until it is released'
          )}
        </span>
      </span>
      <Button aria-label={`Release the ${nameOfHold(hold)}`} disabledReason={whyNotYou} onClick={onRelease}>
        Release
      </Button>
    </li>
  )
}

const columns: readonly Column<HoldView>[] = [
  {
    id: 'hold',
    header: 'Hold',
    cell: nameOfHold,
    value: nameOfHold,
  },
  {
    id: 'how',
    header: 'How it ended',
    card: 'line',
    cell: (hold) => <StatusPill status="unknown" word={hold.state === 'released' ? 'Released' : 'Its time was over'} />,
    value: (hold) => hold.state,
  },
  { id: 'reason', header: 'Reason', card: 'line', cell: (hold) => hold.reason, value: (hold) => hold.reason },
  {
    id: 'released-by',
    header: 'Released by',
    cell: (hold) => (hold.releasedBy ? `${hold.releasedBy.name}: ${hold.releaseReason}` : 'nobody'),
    value: (hold) => hold.releasedBy?.name ?? '',
  },
  {
    id: 'placed',
    header: 'Placed',
    unit: 'UTC',
    cell: (hold) => <TimeStamp at={hold.placedAt} form="clock" />,
    value: (hold) => hold.placedAt,
  },
]
