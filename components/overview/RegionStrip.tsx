'use client'
import type { RegionView } from '@/model/schemas/estate'
import { worstFirst } from '../shell/status-now'
import { useFrozenRows } from '../table/use-frozen-rows'
import { cx } from '../ui/cx'
import { useIsQuiet } from './QuietRegions'
import { RegionCard } from './RegionCard'

/**
 * Every region, worst first. The order holds still while somebody points at it. A phone has room for those in trouble; it shows the
 * healthy ones as lines further down (QuietRegions).
 */
export function RegionStrip({ regions }: { regions: readonly RegionView[] }) {
  const sorted = [...regions].sort((a, b) => worstFirst(a.status, b.status) || a.code.localeCompare(b.code))
  const { frozen, freezeProps } = useFrozenRows(sorted, (region) => region.code)
  return (
    <section
      id="regions"
      aria-labelledby="regions-title"
      className="scroll-mt-24 max-md:[&:not(:has([data-loud]))]:hidden"
      {...freezeProps}
    >
      <h2 id="regions-title" className="sr-only">
        Regions, worst first
      </h2>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(10rem,1fr))] gap-2 max-md:grid-cols-1">
        {frozen.map((region) => (
          <Place key={region.code} region={region} />
        ))}
      </ul>
    </section>
  )
}

function Place({ region }: { region: RegionView }) {
  const isQuiet = useIsQuiet(region)
  return (
    <li data-loud={isQuiet ? undefined : true} className={cx('min-w-0', isQuiet && 'max-md:hidden')}>
      <RegionCard region={region} />
    </li>
  )
}
