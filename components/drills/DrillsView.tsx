'use client'
import { useQuery } from '@tanstack/react-query'
import { parseAsString, useQueryState } from 'nuqs'
import { useState } from 'react'
import { paths } from '@/model/paths'
import type { DrillPlace } from '@/model/schemas/drills'
import { Page, PageHeader } from '../shell/PageHeader'
import { Panel } from '../shell/Panel'
import { useWhyNot } from '../shell/use-permission'
import { DataTable } from '../table/DataTable'
import { useTRPC } from '../trpc'
import { ButtonLink } from '../ui/Button'
import { SkeletonRows } from '../ui/Skeleton'
import { PlaceRow } from './PlaceRow'
import { runColumns } from './run-columns'
import { ScheduleDialog } from './ScheduleDialog'
import { StartCloneDialog } from './StartCloneDialog'

/** What was never drilled, then what was longest ago; what is due; and the last runs. */
export function DrillsView() {
  const drills = useQuery(useTRPC().drills.list.queryOptions())
  const whyNotYou = useWhyNot('drill:run')
  const [cellId, setCellId] = useQueryState('cell', parseAsString)
  const [starting, setStarting] = useState<DrillPlace | null>(null)
  const [scheduling, setScheduling] = useState<DrillPlace | null>(null)
  const shownOf = (places: readonly DrillPlace[]) => places.filter((place) => !cellId || place.cellId === cellId)
  return (
    <Page>
      <PageHeader
        title="Drills"
        crumbs={[{ label: 'DR readiness', href: paths.dr() }]}
        says="On a copy that nobody uses, or on the live cell: there and back, asked for and approved like any switchover."
        actions={
          <>
            <ButtonLink href={paths.newDrill(cellId ? { cell: cellId } : {})}>New drill</ButtonLink>
            <ButtonLink href={paths.drillHistory()}>History</ButtonLink>
          </>
        }
      />
      <Panel
        title="By cell"
        note="Never drilled first"
        query={drills}
        padded={false}
        skeleton={<SkeletonRows count={6} className="h-14" />}
        empty={({ places }) =>
          shownOf(places).length > 0
            ? null
            : cellId
              ? { kind: 'filtered', says: `There is no cell ${cellId}.`, onClear: () => void setCellId(null) }
              : { kind: 'never', says: 'No cell is declared.', how: 'Apply an estate first.' }
        }
        partial={({ places }) => sayDue(shownOf(places))}
      >
        {({ places }) => (
          <ul aria-label="Drills by cell" className="divide-y divide-hairline">
            {shownOf(places).map((place) => (
              <PlaceRow
                key={`${place.cellId} ${place.kind}`}
                place={place}
                whyNotYou={whyNotYou}
                onStart={() => setStarting(place)}
                onSchedule={() => setScheduling(place)}
              />
            ))}
          </ul>
        )}
      </Panel>
      <Panel
        title="Last runs"
        note="Measured against the objective; times in UTC"
        query={drills}
        padded={false}
        skeleton={<SkeletonRows count={3} />}
        empty={({ places }) =>
          shownOf(places).some(({ lastRun }) => lastRun)
            ? null
            : { kind: 'never', says: 'Nothing was drilled yet.', how: 'A drill on a clone touches nothing live.' }
        }
      >
        {({ places }) => (
          <DataTable
            caption="Last runs"
            rows={shownOf(places).flatMap(({ lastRun }) => (lastRun ? [lastRun] : []))}
            columns={runColumns}
            rowId={({ id }) => id}
            csvName="drills"
            initialSort={{ column: 'started', direction: 'desc' }}
          />
        )}
      </Panel>
      {starting && <StartCloneDialog cellId={starting.cellId} onClose={() => setStarting(null)} />}
      {scheduling && <ScheduleDialog place={scheduling} onClose={() => setScheduling(null)} />}
    </Page>
  )
}

function sayDue(places: readonly DrillPlace[]): string | null {
  const due = places.filter(({ schedule, kind }) => schedule?.isDue && kind === 'drill-switchover')
  return due.length === 0
    ? null
    : `Due, and to be asked for by a person: ${due.map(({ cellId }) => cellId).join(', ')}.`
}
