'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { paths } from '@/model/paths'
import { useTRPC } from '../trpc'
import { StatusGlyph } from '../ui/StatusGlyph'
import { nameOfHold } from './name-of-hold'

/** On every page, one line: what is held back and why. An incident comes before maintenance. Nothing while nothing is held. */
export function HoldBanner() {
  const holds = useQuery(useTRPC().holds.list.queryOptions({ status: 'active' }))
  const [first, ...more] = [...(holds.data ?? [])].sort((a, b) => a.kind.localeCompare(b.kind))
  if (!first) return null
  const rest = more.length > 0 ? ` and ${more.length} more` : ''
  return (
    <Link
      href={paths.holds()}
      className="flex min-h-8 items-center gap-2 border-t border-warn/40 bg-warn/8 px-3 text-sm text-ink-1 hover:underline lg:px-4"
    >
      <StatusGlyph status="warn" size={12} />
      <span className="truncate">
        <span className="font-medium">
          {nameOfHold(first)}
          {rest}:
        </span>{' '}
        {first.reason}
      </span>
    </Link>
  )
}
