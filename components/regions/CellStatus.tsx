'use client'
import Link from 'next/link'
import { paths } from '@/model/paths'
import type { Seen } from '@/model/schemas/common'
import type { CellView } from '@/model/schemas/estate'
import { oldestOf } from '../shell/FreshnessBadge'
import { useStatusNow } from '../shell/status-now'
import { StatusGlyph } from '../ui/StatusGlyph'

/** What the cell's state is, as a sentence; leads to what it speaks of: the operation that runs, and what a failover left to do. */
export function CellStatus({ cell }: { cell: CellView }) {
  const status = useStatusNow(cell.status, cellSeen(cell))
  const stale = cell.members.flatMap(({ id, staleServerId }) =>
    staleServerId ? [{ member: id, id: staleServerId }] : [],
  )
  return (
    <span className="flex min-w-48 items-center gap-1.5">
      <StatusGlyph status={status} size={10} />
      <span className={status === 'ok' ? 'text-ink-2' : 'text-ink-1'}>
        {cell.says}
        {stale.map(({ member, id }) => (
          <StateLink key={id} href={paths.staleServer({ id })}>
            {member}
          </StateLink>
        ))}
        {cell.failoverToNote && (
          <StateLink href={paths.operation({ id: cell.failoverToNote.id })}>{cell.failoverToNote.code}</StateLink>
        )}
      </span>
      {cell.operationId && (
        <Link href={paths.operation({ id: cell.operationId })} prefetch={false} className="link whitespace-nowrap">
          operation
        </Link>
      )}
    </span>
  )
}

function StateLink({ href, children }: { href: string; children: string }) {
  return (
    <>
      {' '}
      <Link href={href} prefetch={false} className="link inline-flex min-h-6 items-center whitespace-nowrap">
        {children}
      </Link>
    </>
  )
}

/** The cell is known as long as its writer is. */
export function cellSeen(cell: CellView): Seen {
  const writer = cell.members.find((member) => member.isActive)
  return writer?.seen ?? oldestOf(cell.members.map((member) => member.seen))
}
