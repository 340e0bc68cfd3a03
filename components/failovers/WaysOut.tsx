import Link from 'next/link'
import type { CellView } from '@/model/schemas/estate'
import type { Check } from '@/model/schemas/plans'
import { prepareWaysOut } from './prepare-ways-out'

/** Links to what a person can do about a refusal; nothing where no page helps. */
export function WaysOut({ checks, cell }: { checks: readonly Check[]; cell: CellView | null }) {
  const ways = prepareWaysOut(checks, cell)
  if (ways.length === 0) return null
  return (
    <ul aria-label="What you can do about it" className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
      {ways.map(({ label, href }) => (
        <li key={href}>
          <Link href={href} className="link inline-flex min-h-6 items-center">
            {label}
          </Link>
        </li>
      ))}
    </ul>
  )
}
