import type { ReactNode } from 'react'
import type { Status } from '@/model/observations'
import { cx } from './cx'
import { StatusGlyph } from './StatusGlyph'

/** A sentence over a page or inside a panel, with its status. `action` is the one thing to do about it. */
export function Notice({ status, children, action }: { status: Status; children: ReactNode; action?: ReactNode }) {
  return (
    <div className={cx('flex flex-wrap items-center gap-x-3 gap-y-2 rounded-sm border px-3 py-2', boxes[status])}>
      <StatusGlyph status={status} />
      <div className="min-w-0 flex-1 basis-60 text-ink-1">{children}</div>
      {action}
    </div>
  )
}

const boxes = {
  ok: 'border-hairline',
  warn: 'border-warn/40 bg-warn/8',
  crit: 'border-crit/50 bg-crit/8',
  active: 'border-active/40 bg-active/8',
  unknown: 'border-dashed border-unknown/60',
} as const satisfies Record<Status, string>
