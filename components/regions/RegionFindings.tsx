'use client'
import type { CellView } from '@/model/schemas/estate'
import { PanelFrame } from '../shell/Panel'
import { FindingCard } from './FindingCard'

/** What is wrong with the servers that stand here, each with its vantages. Nothing while all of them are well. */
export function RegionFindings({ cells, region }: { cells: readonly CellView[]; region: string }) {
  const unwell = cells
    .flatMap((cell) => cell.members)
    .filter((member) => member.region === region)
    .flatMap(({ id, finding }) => (finding && finding.name !== 'ServerHealthy' ? [{ id, finding }] : []))
  if (unwell.length === 0) return null
  return (
    <PanelFrame title="What is wrong here" note="each server by every vantage together; nothing follows by itself">
      <div className="grid grid-cols-1 gap-x-8 gap-y-5 xl:grid-cols-[repeat(auto-fit,minmax(28rem,1fr))]">
        {unwell.map(({ id, finding }) => (
          <FindingCard key={id} server={id} finding={finding} />
        ))}
      </div>
    </PanelFrame>
  )
}
