'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useState } from 'react'
import { whyNotReason } from '@/model/reason'
import type { AlertView, WriterPosition } from '@/model/schemas/alerts'
import { FailureCard } from '../shell/FailureCard'
import { TimeStamp } from '../shell/TimeStamp'
import { useWhyNot } from '../shell/use-permission'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { CopyText } from '../ui/CopyText'
import { Facts } from '../ui/Facts'
import { ReasonField } from '../ui/ReasonField'
import { Sheet } from '../ui/Sheet'
import { StatusPill } from '../ui/StatusPill'

/** An alert with its facts as they were when it was raised, and a place to acknowledge it. */
export function AlertSheet({ alert, onClose }: { alert: AlertView; onClose: () => void }) {
  const isCritical = alert.severity === 'critical'
  return (
    <Sheet isOpen onClose={onClose} title={alert.title}>
      <div className="grid gap-4">
        <p className="flex flex-wrap items-center gap-2">
          <StatusPill status={isCritical ? 'crit' : 'warn'} word={isCritical ? 'Critical' : 'Warning'} />
          <span className="text-sm text-ink-3">
            Raised <TimeStamp at={alert.raisedAt} />
          </span>
        </p>
        <p>{alert.says}</p>
        {alert.facts.writers?.map((writer) => (
          <Writer key={writer.member} writer={writer} />
        ))}
        {alert.facts.wayOut && <WayOut lines={alert.facts.wayOut} />}
        {alert.facts.path && (
          <Link href={alert.facts.path} className="link" onClick={onClose}>
            Go there
          </Link>
        )}
        <Acknowledgement alert={alert} />
      </div>
    </Sheet>
  )
}

function Writer({ writer }: { writer: WriterPosition }) {
  return (
    <section className="rounded-sm border border-hairline p-3">
      <h3 className="mb-2 font-mono font-semibold">{writer.member}</h3>
      <Facts
        facts={[
          ['Region', writer.region],
          ['Epoch and gate', writer.epoch === null ? 'no gate at all' : `${writer.epoch}, ${writer.gate}`],
          [
            'System',
            <span key="s" className="font-mono break-all">
              {writer.systemIdentifier}
            </span>,
          ],
          ['Position', <span key="p" className="font-mono">{`timeline ${writer.timeline}, ${writer.lsn}`}</span>],
          ['Last heartbeat', writer.lastHeartbeatAt ? <TimeStamp key="h" at={writer.lastHeartbeatAt} /> : 'none'],
          ['Freeze', writer.frozen],
        ]}
      />
    </section>
  )
}

function WayOut({ lines }: { lines: readonly string[] }) {
  return (
    <section>
      <h3 className="mb-1 text-sm font-semibold">The way out</h3>
      <ul className="grid gap-1.5 text-sm">
        {lines.map((line) => {
          const [, member, sql] = /^(\S+): (SELECT .*;)$/.exec(line) ?? []
          return (
            <li key={line}>
              {member && sql ? (
                <>
                  <span className="font-mono">{member}</span>{' '}
                  <CopyText text={sql} label={`Copy the line for ${member}`} />
                </>
              ) : (
                line
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function Acknowledgement({ alert }: { alert: AlertView }) {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const whyNot = useWhyNot('alert:acknowledge')
  const [note, setNote] = useState('')
  const acknowledge = useMutation(trpc.alerts.acknowledge.mutationOptions())
  if (alert.acknowledgedAt)
    return (
      <p className="border-t border-hairline pt-3 text-sm">
        {alert.acknowledgedBy?.name ?? 'Somebody'} acknowledged it <TimeStamp at={alert.acknowledgedAt} />: “
        {alert.acknowledgement}”. It ends when its cause is gone.
      </p>
    )
  const send = async () => {
    await acknowledge.mutateAsync({ id: alert.id, note: note.trim() })
    await cache.invalidateQueries(trpc.alerts.pathFilter())
  }
  return (
    <div className="grid gap-3 border-t border-hairline pt-3">
      <ReasonField
        label="Note"
        chips={['I am looking at it', 'Known, being repaired']}
        value={note}
        onChange={setNote}
      />
      {acknowledge.error && <FailureCard error={acknowledge.error} what="Acknowledging it" />}
      <div>
        <Button
          tone="primary"
          disabledReason={whyNot ?? whyNotReason(note, 'what you know')}
          busyLabel={acknowledge.isPending ? 'Sending…' : null}
          onClick={() => void send().catch(() => undefined)}
        >
          Acknowledge
        </Button>
      </div>
      <p className="text-sm text-ink-3">Acknowledging ends nothing: an alert is over when its cause is gone.</p>
    </div>
  )
}
