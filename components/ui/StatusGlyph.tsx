import type { Status } from '@/model/observations'

export const statusText = {
  ok: 'text-ok',
  warn: 'text-warn',
  crit: 'text-crit',
  active: 'text-active',
  unknown: 'text-unknown',
} as const satisfies Record<Status, string>

/** The shape of a status: it must be told apart without its colour, so no two share an outline. */
export function StatusGlyph({ status, size = 12 }: { status: Status; size?: number }) {
  return (
    <svg
      aria-hidden
      data-status-glyph={status}
      viewBox="0 0 12 12"
      width={size}
      height={size}
      className={statusText[status]}
    >
      {shapes[status]}
    </svg>
  )
}

const shapes = {
  ok: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.75" />,
  warn: <path d="M6 1 11.5 11h-11z" fill="currentColor" />,
  crit: <path d="M6 0 12 6 6 12 0 6z" fill="currentColor" />,
  active: (
    <>
      <circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 1.75a4.25 4.25 0 0 1 0 8.5z" fill="currentColor" />
    </>
  ),
  unknown: (
    <>
      <rect x="1" y="1" width="10" height="10" fill="none" stroke="currentColor" strokeWidth="1.25" />
      <path d="M1 5 5 1M1 9 9 1M3 11 11 3M7 11l4-4" stroke="currentColor" strokeWidth="1.25" />
    </>
  ),
} as const satisfies Record<Status, React.ReactNode>
