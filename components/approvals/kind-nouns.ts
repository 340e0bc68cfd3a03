import { isOperationKind, type OperationKind } from '@/model/operation-kinds'

/** How a decision names what it is about. The verb carries the risk: a forced failover is never just a failover. */
const nouns = {
  'planned-switchover': 'switchover',
  'forced-failover': 'FORCED failover',
  return: 'return',
  reinstatement: 'rebuild',
  'drill-clone': 'drill',
  'drill-switchover': 'drill',
} as const satisfies Record<OperationKind, string>

export function nounOf(kind: string): string {
  return isOperationKind(kind) ? nouns[kind] : kind
}
