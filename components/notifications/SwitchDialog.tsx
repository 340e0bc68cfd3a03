'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ChannelView } from '@/model/schemas/notifications'
import { ConfirmDialog } from '../shell/ConfirmDialog'
import { useTRPC } from '../trpc'

export function SwitchDialog({ channel, onClose }: { channel: ChannelView; onClose: () => void }) {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const isDisabled = channel.disabledAt !== null
  const { enable, disable } = trpc.notifications
  const change = useMutation(isDisabled ? enable.mutationOptions() : disable.mutationOptions())
  const commit = async () => {
    await change.mutateAsync({ id: channel.id })
    await cache.invalidateQueries(trpc.notifications.pathFilter())
  }
  const verb = isDisabled ? 'Enable channel' : 'Disable channel'
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`${verb} ${channel.name}?`}
      verb={verb}
      tone={isDisabled ? 'primary' : 'danger'}
      commit={commit}
    >
      <p>
        {isDisabled
          ? 'It is told what happens from now on, and not what it missed.'
          : `Nobody is told anything through it any more. ${sayWaiting(channel.queuedCount)}`}
      </p>
    </ConfirmDialog>
  )
}

function sayWaiting(queuedCount: number): string {
  if (queuedCount === 0) return 'Nothing waits to be sent.'
  return `${queuedCount} ${queuedCount === 1 ? 'message that waits' : 'messages that wait'} will not be sent.`
}
