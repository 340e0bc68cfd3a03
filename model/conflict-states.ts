/** What became of a row that only a former primary holds. Apart from the schemas, so that pages can read it. */
export const conflictStates = ['OPEN', 'IN_REVIEW', 'RESOLVED', 'DISMISSED'] as const
export type ConflictState = (typeof conflictStates)[number]

/** Still to be decided. */
export const openConflictStates: readonly ConflictState[] = ['OPEN', 'IN_REVIEW']

export function isOpenConflict({ status }: { status: ConflictState }): boolean {
  return openConflictStates.includes(status)
}

/** The key of the alert that rows of a server wait for a decision: whoever raises it and whoever resolves it mean the same one. */
export function undecidedConflictsKey(staleServerId: string): string {
  return `undecided-conflicts:${staleServerId}`
}
