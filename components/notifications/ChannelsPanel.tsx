'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { CHANNELS_MAX, type ChannelView } from '@/model/schemas/notifications'
import { Panel } from '../shell/Panel'
import { useWhyNot } from '../shell/use-permission'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { SkeletonRows } from '../ui/Skeleton'
import { ChannelDialog } from './ChannelDialog'
import { ChannelRow } from './ChannelRow'
import { CHANNELS_REFETCH_MS } from './refetch'
import { SwitchDialog } from './SwitchDialog'

type Open = { kind: 'add' } | { kind: 'change' | 'switch'; channel: ChannelView }

export function ChannelsPanel() {
  const channels = useQuery(useTRPC().notifications.channels.queryOptions({}, { refetchInterval: CHANNELS_REFETCH_MS }))
  const whyNot = useWhyNot('notification:manage')
  const [open, setOpen] = useState<Open | null>(null)
  const tooMany = (channels.data?.length ?? 0) >= CHANNELS_MAX ? `There are ${CHANNELS_MAX}: change one instead.` : null
  const onClose = () => setOpen(null)
  return (
    <>
      <Panel
        title="Channels"
        query={channels}
        padded={false}
        skeleton={<SkeletonRows count={3} className="h-16" />}
        actions={
          <Button disabledReason={whyNot ?? tooMany} onClick={() => setOpen({ kind: 'add' })}>
            Add a channel
          </Button>
        }
        empty={(kept) =>
          kept.length === 0
            ? {
                kind: 'never',
                says: 'Nobody is told anything.',
                how: 'Add a webhook or e-mail addresses, and send a test.',
              }
            : null
        }
      >
        {(kept) => (
          <ul aria-label="Channels" className="divide-y divide-hairline">
            {kept.map((channel) => (
              <ChannelRow
                key={channel.id}
                channel={channel}
                whyNot={whyNot}
                onChange={() => setOpen({ kind: 'change', channel })}
                onSwitch={() => setOpen({ kind: 'switch', channel })}
              />
            ))}
          </ul>
        )}
      </Panel>
      {open?.kind === 'add' && <ChannelDialog channel={null} onClose={onClose} />}
      {open?.kind === 'change' && <ChannelDialog channel={open.channel} onClose={onClose} />}
      {open?.kind === 'switch' && <SwitchDialog channel={open.channel} onClose={onClose} />}
    </>
  )
}
