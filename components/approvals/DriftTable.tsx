import type { RequestDetail } from '@/model/schemas/operations'
import { CompareTable } from '../ui/CompareTable'

/** The differences that made the plan untrue: approved is what was planned, never what it turned into. */
export function DriftTable({ drift }: Pick<RequestDetail, 'drift'>) {
  const rows = drift.map(({ what, planned, now }) => ({ what, was: planned, is: now }))
  return <CompareTable caption="Differences between the plan and now" heads={['Planned', 'Now']} rows={rows} />
}
