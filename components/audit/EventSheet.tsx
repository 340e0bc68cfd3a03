import Link from 'next/link'
import { shortHash } from '@/model/format'
import { paths } from '@/model/paths'
import type { AuditRow } from '@/model/schemas/audit'
import { TimeStamp } from '../shell/TimeStamp'
import { CopyText } from '../ui/CopyText'
import { Facts } from '../ui/Facts'
import { Sheet } from '../ui/Sheet'

/** One event down to the bytes that were hashed. */
export function EventSheet({ event, onClose }: { event: AuditRow; onClose: () => void }) {
  const hash = (text: string | null) => (text ? <CopyText text={text} shown={shortHash(text)} /> : 'not yet')
  return (
    <Sheet isOpen onClose={onClose} title={`Event ${event.seq ?? 'without a number yet'}`}>
      <div className="grid gap-4">
        <p>{event.says}</p>
        <Facts
          className="text-sm"
          facts={[
            [
              'Action',
              <span key="action" className="font-mono">
                {event.action}
              </span>,
            ],
            ['Occurred', <TimeStamp key="occurred" at={event.occurredAt} />],
            ['Recorded', <TimeStamp key="recorded" at={event.recordedAt} />],
            ['By', <CopyText key="actor" text={event.actor} shown={event.actorName} label="Copy the actor’s id" />],
            [
              'About',
              <span key="about" className="font-mono break-all">
                {event.aggregateType} {event.aggregateId}
              </span>,
            ],
            ['Scope', event.scope ?? 'none'],
            ['Write epoch', event.epoch ?? 'none'],
            ['Recorded in', event.homeRegion],
            ['Body hash', hash(event.payloadHash)],
            ['Link', hash(event.chainHash)],
            [
              'Causes',
              event.correlationId ? (
                <Link
                  key="chain"
                  className="link"
                  href={paths.audit({ correlation: event.correlationId })}
                  onClick={onClose}
                >
                  Everything of this request
                </Link>
              ) : (
                'none'
              ),
            ],
          ]}
        />
        <div className="grid gap-1">
          <h3 className="text-sm font-semibold">The bytes that were hashed</h3>
          <pre className="overflow-auto rounded-sm border border-hairline bg-surface-0 p-3 font-mono text-xs whitespace-pre-wrap break-all">
            {event.body}
          </pre>
        </div>
      </div>
    </Sheet>
  )
}
