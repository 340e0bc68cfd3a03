'use client'
import Link from 'next/link'
import { formatBytes, formatMs } from '@/model/format'
import { paths } from '@/model/paths'
import type { Lag } from '@/model/schemas/estate'
import { useNow } from '../shell/clock'
import { Figure } from '../ui/Facts'
import { Notice } from '../ui/Notice'
import { prepareRpo, type SilentWriter } from './prepare-rpo'

type Props = {
  lags: readonly Lag[]
  /** Null while nobody knows which writers write: then no age is a bound. */
  silent: readonly SilentWriter[] | null
}

export function RpoSummary({ lags, silent }: Props) {
  if (silent === null)
    return <Notice status="unknown">Unknown: whether the writers write has not been answered yet.</Notice>
  return <KnownRpo lags={lags} silent={silent} />
}

/** The bound of the loss, from what is heard; what is left out turns every number into "at least", and is named. */
function KnownRpo({ lags, silent }: { lags: readonly Lag[]; silent: readonly SilentWriter[] }) {
  const nowMs = useNow()
  const rpo = prepareRpo(lags, silent, nowMs)
  const leftOut = [...new Set([...rpo.notHeard, ...rpo.unbounded])]
  const atLeast = leftOut.length > 0 ? '≥ ' : ''
  return (
    <div className="grid gap-4">
      {silent.map((writer) => (
        <UnknownLoss key={writer.cellId} writer={writer} />
      ))}
      <div className="grid grid-cols-2 gap-4 md:grid-cols-4">
        <Figure
          name="Worst heartbeat age"
          value={rpo.worst ? `${atLeast}${formatMs(rpo.worst.lagMs)}` : <Unknown />}
          note={sayOf(rpo.worst?.member, leftOut)}
        />
        <Figure
          name="Largest backlog"
          value={
            rpo.worstBacklog ? (
              `${rpo.unknownBacklog.length > 0 ? '≥ ' : ''}${formatBytes(rpo.worstBacklog.bytes)}`
            ) : (
              <Unknown />
            )
          }
          note={sayOf(rpo.worstBacklog?.member, rpo.unknownBacklog)}
        />
        <Figure
          name="Over their limit"
          value={rpo.worst ? `${atLeast}${rpo.overLimit.length}` : <Unknown />}
          note={rpo.worst ? rpo.overLimit.join(', ') || 'none of those that count' : 'no standby counts'}
        />
        <Figure
          name="Standbys heard"
          value={`${rpo.heardCount}/${rpo.count}`}
          note={rpo.notHeard.length > 0 ? `left out: ${rpo.notHeard.join(', ')}` : 'all'}
        />
      </div>
    </div>
  )
}

/** Of whom the number is, and for whom nobody has one. */
function sayOf(member: string | undefined, unknown: readonly string[]): string | null {
  const parts = [member && `of ${member}`, unknown.length > 0 && `unknown of ${unknown.join(', ')}`]
  return parts.filter(Boolean).join('; ') || null
}

function UnknownLoss({ writer: { cellId, member, why } }: { writer: SilentWriter }) {
  return (
    <Notice
      status="unknown"
      action={
        <Link className="link text-sm" href={paths.newFailover({ cell: cellId })}>
          Dry run for {cellId}
        </Link>
      }
    >
      Unknown for {cellId}: its writer {member} {why}. The dry run of a forced failover bounds what would be lost.
    </Notice>
  )
}

function Unknown() {
  return <span className="text-unknown">unknown</span>
}
