'use client'
import type { RegionView } from '@/model/schemas/estate'
import { worstFirst } from '../shell/status-now'
import { useFrozenRows } from '../table/use-frozen-rows'
import { RegionCard } from './RegionCard'

/** Every region, worst first. The order holds still while somebody points at it. */
export function RegionStrip({ regions }: { regions: readonly RegionView[] }) {
  const sorted = [...regions].sort((a, b) => worstFirst(a.status, b.status) || a.code.localeCompare(b.code))
  const { frozen, freezeProps } = useFrozenRows(sorted, (region) => region.code)
  return (
    <section aria-labelledby="regions-title" {...freezeProps}>
      <h2 id="regions-title" className="sr-only">
        Regions, worst first
      </h2>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(10rem,1fr))] gap-2 max-md:grid-cols-1">
        {frozen.map((region) => (
          <li key={region.code} className="min-w-0">
            <RegionCard region={region} />
          </li>
        ))}
      </ul>
    </section>
  )
}
