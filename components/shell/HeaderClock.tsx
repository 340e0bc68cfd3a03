'use client'
import { formatLocal } from '@/model/format'
import { useNow, useTimeZone } from './clock'

/** The server's time in UTC, and the viewer's zone beside it. */
export function HeaderClock() {
  const nowMs = useNow()
  const timeZone = useTimeZone()
  const instant = new Date(nowMs).toISOString()
  return (
    <span className="flex items-baseline gap-2 text-sm whitespace-nowrap">
      <time dateTime={instant} className="font-mono text-ink-1">
        {instant.slice(11, 19)}Z
      </time>
      {timeZone !== 'UTC' && <span className="text-ink-3 max-xl:hidden">{formatLocal(nowMs, timeZone)}</span>}
    </span>
  )
}
