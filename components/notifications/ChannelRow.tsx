'use client'
import { useMutation } from '@tanstack/react-query'
import { type ChannelView, channelKinds } from '@/model/schemas/notifications'
import { FailureCard } from '../shell/FailureCard'
import { TimeStamp } from '../shell/TimeStamp'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { StatusPill } from '../ui/StatusPill'
import { healthOf, sayTopics } from './channel-words'
import { TestResult } from './TestResult'

type Props = { channel: ChannelView; whyNot: string | null; onChange: () => void; onSwitch: () => void }

/** One channel: where it leads, how it does, and what can be done with it. */
export function ChannelRow({ channel, whyNot, onChange, onSwitch }: Props) {
  const test = useMutation(useTRPC().notifications.test.mutationOptions())
  const whyNoTest = whyNot ?? (channel.disabledAt ? 'Disabled: enable it first.' : null)
  const reasonId = `why-not-${channel.id}`
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="font-medium text-ink-1">{channel.name}</span>
            <StatusPill {...healthOf(channel)} />
          </p>
          <p className="text-sm wrap-anywhere text-ink-2">
            {channelKinds[channel.kind]} to <span className="font-mono">{channel.leadsTo}</span>
            {channel.kind === 'webhook' && (channel.secretRef ? ', signed' : ', not signed')} ·{' '}
            {sayTopics(channel.topics)}
          </p>
          <Deliveries channel={channel} />
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <Button
            aria-label={`Send a test to ${channel.name}`}
            disabledReason={whyNoTest}
            reasonShownAt={reasonId}
            busyLabel={test.isPending ? 'Sending…' : null}
            onClick={() => test.mutate({ id: channel.id })}
          >
            Send test
          </Button>
          <Button
            aria-label={`Edit ${channel.name}`}
            disabledReason={whyNot}
            reasonShownAt={reasonId}
            onClick={onChange}
          >
            Edit
          </Button>
          <Button
            aria-label={`${channel.disabledAt ? 'Enable' : 'Disable'} ${channel.name}`}
            disabledReason={whyNot}
            reasonShownAt={reasonId}
            onClick={onSwitch}
          >
            {channel.disabledAt ? 'Enable' : 'Disable'}
          </Button>
        </div>
      </div>
      {whyNoTest && (
        <p id={reasonId} className="text-xs text-ink-3">
          {whyNoTest}
        </p>
      )}
      {test.error && <FailureCard error={test.error} what="Send test" />}
      {test.data && <TestResult key={test.data.deliveryId} deliveryId={test.data.deliveryId} />}
    </li>
  )
}

function Deliveries({ channel }: { channel: ChannelView }) {
  const { lastDeliveredAt, lastDelivery, failingCount, queuedCount, disabledAt } = channel
  const error = failingCount > 0 && !disabledAt ? lastDelivery?.lastError : null
  return (
    <>
      <p className="text-sm text-ink-3">
        {lastDeliveredAt ? (
          <>
            Last delivered <TimeStamp at={lastDeliveredAt} form="ago" />
          </>
        ) : (
          'Nothing was ever delivered'
        )}
        {queuedCount > 0 && ` · ${queuedCount} on the way`}
      </p>
      {error && lastDelivery?.lastAttemptAt && (
        <p className="text-sm text-crit">
          {failingCount === 1 ? 'The last one did not arrive.' : `${failingCount} in a row did not arrive.`} {error}{' '}
          <TimeStamp at={lastDelivery.lastAttemptAt} form="ago" />
        </p>
      )}
    </>
  )
}
