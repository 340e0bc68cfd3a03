import type { CellView } from '@/model/schemas/estate'
import { RegionChip } from '../shell/RegionChip'
import { writerPlace } from './writer-place'

/** Where a cell writes, and whether that is its home: after a failover it often is not. */
export function WriterRegion({ cell }: { cell: Pick<CellView, 'activeRegion' | 'homeRegion'> }) {
  const place = writerPlace(cell)
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      <RegionChip region={cell.activeRegion} roleLetter={place === 'home' ? 'H' : undefined} bare />
      {place === 'away' && (
        <span className="text-xs text-ink-3">
          away from home<span className="sr-only">, which is {cell.homeRegion}</span>
        </span>
      )}
    </span>
  )
}
