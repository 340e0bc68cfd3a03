import Link from 'next/link'
import type { Status } from '@/model/observations'
import { paths } from '@/model/paths'
import { cx } from '../ui/cx'
import { StatusGlyph } from '../ui/StatusGlyph'
import { regionNames } from './region-names'

const roleWords = { H: 'home', R: 'replica', F: 'fenced' } as const

/** A region by its code: status by shape, role by letter (a phone, which shows no titles, has the word), full name in the title; leads to the region's page. */
export function RegionChip({
  region,
  status,
  roleLetter,
  bare,
}: {
  region: string
  status?: Status
  roleLetter?: keyof typeof roleWords
  bare?: boolean
}) {
  const name = regionNames[region] ?? region
  return (
    <Link
      href={paths.region({ region })}
      prefetch={false}
      title={roleLetter ? `${name} (${roleWords[roleLetter]})` : name}
      className={cx(
        'inline-flex items-center gap-1.5 font-mono text-sm whitespace-nowrap text-ink-1 hover:underline max-md:min-h-6',
        !bare && 'rounded-sm border border-hairline px-1.5 py-px',
      )}
    >
      {status && <StatusGlyph status={status} size={10} />}
      {region}
      {roleLetter && (
        <span className="text-xs text-ink-3">
          <span aria-hidden className="max-md:hidden">
            {roleLetter}
          </span>
          <span className="font-sans md:sr-only">{roleWords[roleLetter]}</span>
        </span>
      )}
    </Link>
  )
}
