/** What became of a server that a failover left behind, and how people say it. Apart from the schemas, so that pages can say it. */
export const staleStates = {
  away: 'Away',
  returned: 'Returned',
  closed: 'Closed',
  extracted: 'Read out',
  rebuilt: 'Rebuilt',
  lost: 'Lost',
} as const
export type StaleState = keyof typeof staleStates
export const openStaleStates = ['away', 'returned', 'closed', 'extracted'] as const satisfies readonly StaleState[]
