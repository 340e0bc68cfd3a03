'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  type ChannelKind,
  type ChannelView,
  channelKinds,
  type NotificationTopic,
  notificationTopics,
} from '@/model/schemas/notifications'
import { ConfirmDialog } from '../shell/ConfirmDialog'
import { useTRPC } from '../trpc'
import { TextField } from '../ui/Field'
import { Segmented } from '../ui/Segmented'

const kinds = Object.entries(channelKinds).map(([value, label]) => ({ value: value as ChannelKind, label }))
const topicNames = Object.keys(notificationTopics) as NotificationTopic[] // the table's own keys

/** A new channel, or an existing one, whose target stays unless another is given: it is never shown in full. */
export function ChannelDialog({ channel, onClose }: { channel: ChannelView | null; onClose: () => void }) {
  const form = useChannelForm(channel)
  const { fields, set } = form
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={channel ? `Edit ${channel.name}` : 'Add a channel'}
      verb={channel ? 'Save channel' : 'Add channel'}
      disabledReason={form.missing}
      commit={form.commit}
    >
      {!channel && <Segmented label="Kind" options={kinds} value={fields.kind} onChange={(kind) => set({ kind })} />}
      <TextField
        label="Name"
        hint="What people call it: Pager, Operations room."
        maxLength={60}
        autoComplete="off"
        value={fields.name}
        onChange={(event) => set({ name: event.target.value })}
      />
      <TargetField
        kind={fields.kind}
        leadsTo={channel?.leadsTo ?? null}
        value={fields.target}
        onChange={(target) => set({ target })}
      />
      {fields.kind === 'webhook' && (
        <TextField
          label="Secret to sign with"
          hint="Optional. The name of an environment variable of the worker: env:HOMEPORT_NOTIFY_…"
          autoComplete="off"
          spellCheck={false}
          value={fields.secretRef}
          onChange={(event) => set({ secretRef: event.target.value })}
        />
      )}
      <Topics chosen={fields.topics} onChange={(topics) => set({ topics })} />
    </ConfirmDialog>
  )
}

function TargetField({
  kind,
  leadsTo,
  value,
  onChange,
}: {
  kind: ChannelKind
  leadsTo: string | null
  value: string
  onChange: (target: string) => void
}) {
  const isWebhook = kind === 'webhook'
  const rule = isWebhook
    ? 'https, or http on this very machine. Redirects are not followed.'
    : 'Separated by commas. Each mail goes to all of them.'
  return (
    <TextField
      label={isWebhook ? 'URL' : 'Addresses'}
      hint={leadsTo ? `Left empty it stays: ${leadsTo}. ${rule}` : rule}
      type={isWebhook ? 'url' : 'text'}
      autoComplete="off"
      spellCheck={false}
      maxLength={1_000}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

function Topics({
  chosen,
  onChange,
}: {
  chosen: readonly NotificationTopic[]
  onChange: (topics: NotificationTopic[]) => void
}) {
  return (
    <fieldset className="grid gap-1">
      <legend className="text-sm font-medium text-ink-1">Told when</legend>
      <p className="text-sm text-ink-3">
        {chosen.length === 0 ? 'None chosen: it is told everything.' : 'Only what is chosen.'}
      </p>
      {topicNames.map((topic) => (
        <label key={topic} className="flex min-h-6 items-center gap-2 max-md:min-h-11">
          <input
            type="checkbox"
            checked={chosen.includes(topic)}
            onChange={({ target }) =>
              onChange(topicNames.filter((name) => (name === topic ? target.checked : chosen.includes(name))))
            }
            className="size-4 shrink-0 accent-active"
          />
          {notificationTopics[topic]}
        </label>
      ))}
    </fieldset>
  )
}

type Fields = {
  kind: ChannelKind
  name: string
  target: string
  secretRef: string
  topics: readonly NotificationTopic[]
}

function useChannelForm(channel: ChannelView | null) {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const add = useMutation(trpc.notifications.add.mutationOptions())
  const change = useMutation(trpc.notifications.change.mutationOptions())
  const [fields, setFields] = useState<Fields>({
    kind: channel?.kind ?? 'webhook',
    name: channel?.name ?? '',
    target: '',
    secretRef: channel?.secretRef ?? '',
    topics: channel?.topics ?? [],
  })
  const name = fields.name.trim()
  const target = fields.target.trim()
  const secretRef = fields.kind === 'webhook' && fields.secretRef.trim() ? fields.secretRef.trim() : null
  const topics = [...fields.topics]
  const commit = async () => {
    if (channel) await change.mutateAsync({ id: channel.id, name, secretRef, topics, ...(target && { target }) })
    else await add.mutateAsync({ kind: fields.kind, name, target, secretRef, topics })
    await cache.invalidateQueries(trpc.notifications.pathFilter())
  }
  return {
    fields,
    set: (some: Partial<Fields>) => setFields((before) => ({ ...before, ...some })),
    missing: name.length < 2 ? 'Give it a name first.' : !channel && !target ? 'Say where it leads first.' : null,
    commit,
  }
}
