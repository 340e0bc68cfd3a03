'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { type DeliveryView, deliveryStates } from '@/model/schemas/notifications'
import { isUuid } from '@/model/uuid'
import { Panel } from '../shell/Panel'
import { TimeStamp } from '../shell/TimeStamp'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import { useTRPC } from '../trpc'
import { SelectField } from '../ui/Field'
import { Segmented } from '../ui/Segmented'
import { SkeletonRows } from '../ui/Skeleton'
import { StatusPill } from '../ui/StatusPill'
import { titleOfTopic, wordOfDelivery } from './channel-words'
import { LOG_REFETCH_MS } from './refetch'

const parsers = {
  channel: parseAsString.withDefault(''),
  state: parseAsStringLiteral(['all', ...deliveryStates] as const).withDefault('all'),
}
const states = [
  { value: 'all', label: 'All' },
  { value: 'failed', label: 'Failed' },
  { value: 'queued', label: 'On the way' },
  { value: 'delivered', label: 'Delivered' },
] as const

/** What was sent where, and what became of it: the newest hundred. */
export function DeliveryLog() {
  const trpc = useTRPC()
  const [filter, setFilter] = useQueryStates(parsers)
  const channels = useQuery(trpc.notifications.channels.queryOptions({}))
  const input = {
    ...(filter.state !== 'all' && { status: filter.state }),
    ...(isUuid(filter.channel) && { channelId: filter.channel }),
  }
  const deliveries = useQuery(
    trpc.notifications.deliveries.queryOptions(input, {
      refetchInterval: LOG_REFETCH_MS,
      placeholderData: keepPreviousData,
    }),
  )
  const isFiltered = Object.keys(input).length > 0
  return (
    <Panel
      title="Delivery log"
      note={
        filter.channel && !isUuid(filter.channel)
          ? 'The link’s “channel” is no id of a channel: it is ignored'
          : 'Newest first. Times in UTC'
      }
      query={deliveries}
      padded={false}
      skeleton={<SkeletonRows count={6} />}
      actions={
        <div className="flex flex-wrap items-end gap-2">
          <SelectField
            label="Channel"
            className="w-40"
            value={filter.channel}
            onChange={(event) => void setFilter({ channel: event.target.value || null })}
          >
            <option value="">All</option>
            {channels.data?.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </SelectField>
          <Segmented
            label="State"
            options={states}
            value={filter.state}
            onChange={(state) => void setFilter({ state })}
          />
        </div>
      }
      empty={(rows) => {
        if (rows.length > 0) return null
        if (isFiltered)
          return {
            kind: 'filtered',
            says: 'No delivery matches these filters.',
            onClear: () => void setFilter({ channel: null, state: null }),
          }
        return { kind: 'never', says: 'Nothing was ever sent.', how: 'Add a channel and send a test.' }
      }}
    >
      {(rows) => (
        <DataTable caption="Deliveries" rows={rows} columns={columns} rowId={(row) => row.id} csvName="deliveries" />
      )}
    </Panel>
  )
}

const columns: readonly Column<DeliveryView>[] = [
  {
    id: 'created',
    header: 'Told',
    unit: 'UTC',
    cell: (row) => <TimeStamp at={row.createdAt} form="clock" />,
    value: (row) => row.createdAt,
  },
  {
    id: 'state',
    header: 'State',
    cell: (row) => <StatusPill {...wordOfDelivery(row)} />,
    value: (row) => wordOfDelivery(row).word,
  },
  { id: 'channel', header: 'Channel', cell: (row) => row.channel.name, value: (row) => row.channel.name },
  { id: 'topic', header: 'Topic', cell: (row) => titleOfTopic(row.topic), value: (row) => row.topic, isShown: false },
  {
    id: 'text',
    header: 'Text',
    card: 'line',
    cell: (row) => (
      <Link href={row.path} prefetch={false} className="text-ink-2 hover:underline">
        {row.text}
      </Link>
    ),
    value: (row) => row.text,
  },
  { id: 'attempts', header: 'Attempts', align: 'right', cell: (row) => row.attempts, value: (row) => row.attempts },
  {
    id: 'outcome',
    header: 'Outcome',
    card: 'line',
    cell: (row) => <Outcome delivery={row} />,
    value: (row) => row.lastError ?? row.responseCode ?? '',
  },
]

function Outcome({ delivery }: { delivery: DeliveryView }) {
  const { status, lastError, responseCode, nextAttemptAt, attempts } = delivery
  return (
    <span className="text-ink-2">
      {lastError ?? (status === 'delivered' ? `Answer ${responseCode ?? 'none'}` : 'No answer yet')}
      {nextAttemptAt && attempts > 0 && (
        <>
          {' '}
          Next try <TimeStamp at={nextAttemptAt} form="ago" />
        </>
      )}
    </span>
  )
}
