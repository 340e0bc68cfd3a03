'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { parseAsString, useQueryStates } from 'nuqs'
import { useState } from 'react'
import type { AuditRow } from '@/model/schemas/audit'
import { Page, PageHeader } from '../shell/PageHeader'
import { Panel } from '../shell/Panel'
import { useWhyNot } from '../shell/use-permission'
import { DataTable } from '../table/DataTable'
import { useTRPC } from '../trpc'
import { Button } from '../ui/Button'
import { Notice } from '../ui/Notice'
import { SkeletonRows } from '../ui/Skeleton'
import { AuditFilters } from './AuditFilters'
import { auditColumns } from './audit-columns'
import { ChainStrip } from './ChainStrip'
import { EventSheet } from './EventSheet'
import { ExportAudit } from './ExportAudit'
import { type FilterKey, type Filters, filterKeys, readFilters } from './read-filters'

const parsers = Object.fromEntries(filterKeys.map((key) => [key, parseAsString])) as Record<
  FilterKey,
  typeof parseAsString
>

/** Who did what, on whose word, in which order; and whether the order still verifies. */
export function AuditView() {
  const trpc = useTRPC()
  const [filters, setFilters] = useQueryStates(parsers)
  const [cursors, setCursors] = useState<readonly string[]>([])
  const [opened, setOpened] = useState<AuditRow | null>(null)
  const { asked, ignored } = readFilters(filters)
  const mayRead = useWhyNot('audit:read') === null
  const cursor = cursors.at(-1)
  const query = useQuery(
    trpc.audit.list.queryOptions({ ...asked, ...(cursor && { cursor }) }, { placeholderData: keepPreviousData }),
  )
  const onFilters = (next: Filters) => {
    setCursors([])
    void setFilters(next)
  }
  const onClear = () => onFilters(Object.fromEntries(filterKeys.map((key) => [key, null])))
  return (
    <Page>
      <PageHeader title="Audit" actions={<ExportAudit />} />
      {mayRead && <AuditFilters filters={filters} onChange={onFilters} />}
      {ignored.map((says) => (
        <Notice key={says} status="unknown">
          {says}
        </Notice>
      ))}
      <ChainStrip />
      <Panel
        title="Events"
        note="In the order of the chain, newest first. Times in UTC"
        query={query}
        padded={false}
        skeleton={<SkeletonRows count={10} />}
        empty={(page) => {
          if (page.rows.length > 0) return null
          if (Object.keys(asked).length > 0)
            return { kind: 'filtered', says: 'No event matches these filters.', onClear }
          return {
            kind: 'never',
            says: 'No event has been recorded.',
            how: 'Every change writes one in its own transaction.',
          }
        }}
      >
        {(page) => (
          <>
            <DataTable
              caption="Audit events"
              rows={page.rows}
              columns={auditColumns}
              rowId={(row) => row.id}
              onOpen={setOpened}
              selectedId={opened?.id}
              csvName="audit-events"
            />
            <nav aria-label="Pages of events" className="flex justify-end gap-2 border-t border-hairline p-3">
              <Button size="small" disabled={cursors.length === 0} onClick={() => setCursors(cursors.slice(0, -1))}>
                Newer
              </Button>
              <Button
                size="small"
                disabled={page.nextCursor === null}
                onClick={() => page.nextCursor && setCursors([...cursors, page.nextCursor])}
              >
                Older
              </Button>
            </nav>
          </>
        )}
      </Panel>
      {opened && <EventSheet event={opened} onClose={() => setOpened(null)} />}
    </Page>
  )
}
