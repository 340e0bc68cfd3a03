import { paths } from '@/model/paths'
import type { CellView } from '@/model/schemas/estate'
import type { Check } from '@/model/schemas/plans'

/** Pure: the pages on which a person can end what speaks against a dry run. */
export function prepareWaysOut(
  checks: readonly Pick<Check, 'rule' | 'outcome'>[],
  cell: Pick<CellView, 'failoverToNote' | 'operationId'> | null,
): { label: string; href: string }[] {
  const against = new Set(checks.filter(({ outcome }) => outcome !== 'passed').map(({ rule }) => rule))
  const ways: { label: string; href: string }[] = []
  if (against.has('cool-down') && cell?.failoverToNote) {
    const { id, code } = cell.failoverToNote
    ways.push({ label: `Open ${code} and acknowledge it`, href: paths.operation({ id }) })
  }
  if (against.has('no-hold')) ways.push({ label: 'Open the holds', href: paths.holds() })
  if (against.has('one-operation-per-scope'))
    ways.push(
      cell?.operationId
        ? { label: 'Open the operation that runs', href: paths.operation({ id: cell.operationId }) }
        : { label: 'Open the approvals', href: paths.approvals() },
    )
  return ways
}
