'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { AlertView } from '@/model/schemas/alerts'
import { TimeStamp } from '../shell/TimeStamp'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { cx } from '../ui/cx'
import { StatusGlyph } from '../ui/StatusGlyph'
import { AlertSheet } from './AlertSheet'

/** Announcements may be missed while a connection is lost; nobody waits longer than this for an alert. */
const REFRESH_MS = 5_000
const SHOWN_MAX = 3

/** Over every page: what a person must know now, the critical before the rest. Nothing is there when nothing is wrong. */
export function AlertBanner() {
  const query = useQuery({
    ...useTRPC().alerts.list.queryOptions({ status: 'open' }),
    refetchInterval: REFRESH_MS,
  })
  const [openId, setOpenId] = useState<string | null>(null)
  const alerts = query.data ?? []
  const opened = alerts.find(({ id }) => id === openId) ?? null
  // One that somebody has acknowledged stays in the list of its cause, and leaves the way to the page free unless it is critical.
  const shown = alerts.filter((alert) => alert.severity === 'critical' || alert.acknowledgedAt === null)
  if (shown.length === 0) return null
  return (
    <section aria-label="Alerts" data-no-print className="border-t border-hairline">
      <ul>
        {shown.slice(0, SHOWN_MAX).map((alert, index) => (
          <AlertLine key={alert.id} alert={alert} isFirst={index === 0} onOpen={() => setOpenId(alert.id)} />
        ))}
      </ul>
      <More count={shown.length - 1} className="md:hidden" />
      <More count={shown.length - SHOWN_MAX} className="max-md:hidden" />
      {opened && <AlertSheet alert={opened} onClose={() => setOpenId(null)} />}
    </section>
  )
}

function More({ count, className }: { count: number; className: string }) {
  if (count <= 0) return null
  return (
    <p className={cx('px-3 py-1 text-sm text-ink-2 lg:px-4', className)}>
      And {count} more {count === 1 ? 'alert' : 'alerts'}.
    </p>
  )
}

/** A phone shows the first one: the page below must stay in sight. */
function AlertLine({ alert, isFirst, onOpen }: { alert: AlertView; isFirst: boolean; onOpen: () => void }) {
  const isCritical = alert.severity === 'critical'
  const status = isCritical ? 'crit' : 'warn'
  return (
    <li
      className={cx(
        'flex items-center gap-x-3 gap-y-1 px-3 py-1.5 lg:px-4',
        isCritical ? 'bg-crit/12' : 'bg-warn/8',
        !isFirst && 'max-md:hidden',
      )}
    >
      <StatusGlyph status={status} />
      <p className="min-w-0 flex-1 text-sm text-ink-1">
        <span role={isCritical ? 'alert' : undefined}>
          <span className="font-semibold">{isCritical ? 'Critical' : 'Warning'}: </span>
          {alert.says}
        </span>{' '}
        <span className="text-ink-3">
          <TimeStamp at={alert.raisedAt} form="ago" />
          {alert.acknowledgedBy && `, acknowledged by ${alert.acknowledgedBy.name}`}
        </span>
      </p>
      <Button size="small" onClick={onOpen} aria-label={`Details: ${alert.title}`}>
        Details
      </Button>
    </li>
  )
}
