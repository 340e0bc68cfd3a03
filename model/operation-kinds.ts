import type { OperationPlan } from './schemas/plans'

export type OperationKind = OperationPlan['kind']

/**
 * What people call each kind of operation, the letter of its requests, and how many of them must agree. Quorum 0: nobody
 * approves it, because it changes nothing that anybody uses.
 */
export const operationKinds = {
  'planned-switchover': { title: 'Planned switchover', codeLetter: 'S', quorum: 1 },
  'forced-failover': { title: 'Forced failover', codeLetter: 'F', quorum: 2 },
  return: { title: 'Close and read out', codeLetter: 'C', quorum: 0 },
  reinstatement: { title: 'Rebuild as standby', codeLetter: 'B', quorum: 1 },
  'drill-clone': { title: 'Drill on a clone', codeLetter: 'D', quorum: 0 },
  'drill-switchover': { title: 'Drill: switchover and back', codeLetter: 'D', quorum: 1 },
} as const satisfies Record<OperationKind, { title: string; codeLetter: string; quorum: number }>

export function isOperationKind(kind: string): kind is OperationKind {
  return kind in operationKinds
}

/** "Forced failover of fra". A kind of a later version is shown by its name rather than hidden. */
export function titleOfOperation(kind: string, scope: string): string {
  return `${isOperationKind(kind) ? operationKinds[kind].title : kind} of ${scope.replace(/^[a-z]+:/, '')}`
}
