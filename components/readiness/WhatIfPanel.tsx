'use client'
import { skipToken, useQuery } from '@tanstack/react-query'
import { parseAsString, useQueryState } from 'nuqs'
import type { Overview } from '@/model/schemas/estate'
import type { WhatIf } from '@/model/schemas/failovers'
import { RoutingMap } from '../map/RoutingMap'
import { useNow } from '../shell/clock'
import { Panel } from '../shell/Panel'
import { statusAt } from '../shell/status-now'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { SelectField } from '../ui/Field'
import { Skeleton } from '../ui/Skeleton'
import { WhatIfLatency } from './WhatIfLatency'
import { WhatIfTable } from './WhatIfTable'

/** A region is switched off on the map, and nowhere else: what would happen, told from what is known already. */
export function WhatIfPanel() {
  const trpc = useTRPC()
  const [off, setOff] = useQueryState('off', parseAsString)
  const overview = useQuery(trpc.overview.get.queryOptions())
  const whatIf = useQuery(trpc.readiness.whatIf.queryOptions(off ? { region: off } : skipToken))
  return (
    <Panel
      title="What if a region went dark"
      note="Nothing is switched off, and no server is asked"
      query={overview}
      padded={false}
      skeleton={<Skeleton className="h-88 w-full" />}
    >
      {(value) => (
        <div className="grid min-w-0">
          <div className="flex flex-wrap items-end gap-3 border-b border-hairline px-4 py-3">
            <SelectField
              label="Switch off"
              className="w-64 max-w-full"
              value={off ?? ''}
              onChange={(event) => void setOff(event.target.value || null)}
            >
              <option value="">No region</option>
              {value.regions.map(({ code, city }) => (
                <option key={code} value={code}>
                  {code} · {city}
                </option>
              ))}
            </SelectField>
            {off && <Button onClick={() => void setOff(null)}>Switch it on again</Button>}
          </div>
          <div className="grid items-start xl:grid-cols-[2fr_3fr]">
            <div className="p-2">
              <MapWithout overview={value} off={off} />
            </div>
            <div className="min-w-0 border-hairline max-xl:border-t xl:border-l">
              {off ? (
                <Panel
                  title={`Without ${off}`}
                  query={whatIf}
                  padded={false}
                  className="rounded-none border-0"
                  skeleton={<Skeleton className="h-40 w-full" />}
                  empty={({ cells, region }) =>
                    cells.length > 0 ? null : { kind: 'healthy', says: `No cell has a server in ${region}.` }
                  }
                >
                  {(answer) => <Answer answer={answer} />}
                </Panel>
              ) : (
                <p className="px-4 py-6 text-ink-2">Choose a region, and every cell says who would take its writes.</p>
              )}
            </div>
          </div>
          {off && whatIf.data && <WhatIfLatency whatIf={whatIf.data} />}
        </div>
      )}
    </Panel>
  )
}

function Answer({ answer }: { answer: WhatIf }) {
  const movers = answer.cells.filter(({ loses }) => loses === 'writer')
  const lost = movers.filter(({ newWriter }) => newWriter === null)
  return (
    <>
      <p className="px-4 py-2 text-ink-1">
        {movers.length} {movers.length === 1 ? 'cell loses its' : 'cells lose their'} writer;{' '}
        {lost.length === 0
          ? 'each has a successor.'
          : `${lost.map(({ cellId }) => cellId).join(', ')} would have none.`}
      </p>
      <WhatIfTable cells={answer.cells} />
    </>
  )
}

function MapWithout({ overview, off }: { overview: Overview; off: string | null }) {
  const nowMs = useNow()
  const regions = overview.regions.map((region) => ({
    ...region,
    status: region.code === off ? ('crit' as const) : statusAt(region.status, region.seen, nowMs),
  }))
  const links = overview.links.filter(({ from, to }) => from !== off && to !== off)
  const says = `Map of ${regions.length} regions${off ? `, with ${off} switched off` : ''}. The table beside it has the same values.`
  return <RoutingMap regions={regions} links={links} says={says} nowMs={nowMs} isSmall />
}
