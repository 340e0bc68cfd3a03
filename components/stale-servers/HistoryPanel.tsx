'use client'
import { formatMs } from '@/model/format'
import type { Status } from '@/model/observations'
import type { StaleServerDetail } from '@/model/schemas/stale-servers'
import { PanelFrame } from '../shell/Panel'
import { TimeStamp } from '../shell/TimeStamp'
import { StatusGlyph } from '../ui/StatusGlyph'

type Moment = { title: string; at: string | null; note: string | null }

/** What happened when. What has not happened is there too, so that nobody takes it for done. */
export function HistoryPanel({ server }: { server: StaleServerDetail }) {
  const moments = momentsOf(server)
  return (
    <PanelFrame title="What happened when">
      <ol className="grid gap-2">
        {moments.map(({ title, at, note }) => (
          <li key={title} className="grid grid-cols-[1rem_1fr] gap-2">
            <span className="pt-1">
              <StatusGlyph status={glyphOf(at)} size={10} />
            </span>
            <span>
              <span className={at ? 'text-ink-1' : 'text-ink-3'}>{title}</span>{' '}
              <span className="text-sm text-ink-3">{at ? <TimeStamp at={at} /> : 'not yet'}</span>
              {note && <span className="block text-sm text-ink-3">{note}</span>}
            </span>
          </li>
        ))}
      </ol>
      {server.says && <p className="mt-3 border-t border-hairline pt-3 text-sm text-ink-2">{server.says}</p>}
    </PanelFrame>
  )
}

function glyphOf(at: string | null): Status {
  return at ? 'ok' : 'unknown'
}

function momentsOf(server: StaleServerDetail): Moment[] {
  const fenced = server.fence
    ? { title: `Fenced: ${server.fence.strength}`, at: server.fence.takenAt, note: null }
    : { title: 'Fenced', at: null, note: 'The journal of its failover holds no receipt.' }
  return [
    fenced,
    {
      title: 'Left behind',
      at: server.leftAt,
      note: `${server.newPrimary} became the writer at epoch ${server.fencedEpoch}.`,
    },
    { title: 'Answered again', at: server.returnedAt, note: null },
    {
      title: 'Gate closed',
      at: server.closedAt,
      note: server.openForMs === null ? null : `${formatMs(server.openForMs)} after its first answer.`,
    },
    { title: 'Read out', at: server.extractedAt, note: null },
    { title: server.status === 'lost' ? 'Given up' : 'Rebuilt as a standby', at: server.rebuiltAt, note: null },
  ]
}
