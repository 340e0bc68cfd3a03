import type { OperationPlan } from '@/model/schemas/plans'
import { RegionChip } from '../shell/RegionChip'

/** Where something goes, by kind: the writes to the target, in a drill and back, and in a rebuild a copy onto the source. */
export function Direction({ plan: { kind, source, target } }: { plan: OperationPlan }) {
  if (kind === 'reinstatement')
    return (
      <span className="inline-flex flex-wrap items-center gap-1.5">
        <span className="font-mono">{source.member}</span> <RegionChip region={source.region} /> is emptied and copied
        from <span className="font-mono">{target.member}</span> <RegionChip region={target.region} />
      </span>
    )
  return (
    <span className="inline-flex flex-wrap items-center gap-1.5">
      <RegionChip region={source.region} /> → <RegionChip region={target.region} />
      {kind === 'drill-switchover' && (
        <>
          → <RegionChip region={source.region} />
        </>
      )}
    </span>
  )
}
