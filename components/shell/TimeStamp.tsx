'use client'
import { Fragment } from 'react'
import { formatLocal, formatSpan, formatUtc } from '@/model/format'
import { useNow, useTimeZone } from './clock'
import { usePreferences } from './preferences'

/**
 * An instant: `03:12:04Z · 04:12 CET · 2 m ago`; the key `t` swaps which clock leads.
 * `clock`: UTC alone, for tables, whose header names the zone. `ago`: the age alone, with the instant in its title.
 */
export function TimeStamp({ at, form = 'full' }: { at: string; form?: 'full' | 'clock' | 'ago' }) {
  const nowMs = useNow()
  const timeZone = useTimeZone()
  const { timeLead } = usePreferences()
  const atMs = Date.parse(at)
  const utc = formatUtc(atMs, nowMs)
  const local = timeZone === 'UTC' ? null : formatLocal(atMs, timeZone)
  const ago = atMs > nowMs + 1000 ? `in ${formatSpan(atMs - nowMs)}` : `${formatSpan(nowMs - atMs)} ago`
  if (form === 'clock')
    return (
      <time dateTime={at} title={[local, ago].filter(Boolean).join(' · ')} className="whitespace-nowrap">
        {utc}
      </time>
    )
  if (form === 'ago')
    return (
      <time dateTime={at} title={[utc, local].filter(Boolean).join(' · ')} className="whitespace-nowrap">
        {ago}
      </time>
    )
  const clocks = timeLead === 'utc' ? [utc, local] : [local, utc]
  const [lead, ...rest] = [...clocks, ago].filter((part) => part !== null)
  return (
    <time dateTime={at}>
      <span className="whitespace-nowrap">{lead}</span>
      {rest.map((part) => (
        <Fragment key={part}>
          {' '}
          <span className="whitespace-nowrap text-ink-3">· {part}</span>
        </Fragment>
      ))}
    </time>
  )
}
