/** Every link inside the console comes from here; a test proves that each one has a page. */
export const paths = {
  /** `next` is where to go afterwards; whoever reads it checks that it is a path of this console. */
  login: ({ next }: { next?: string } = {}) => (next ? `/login?next=${encodeURIComponent(next)}` : '/login'),
  overview: () => '/overview',
  region: ({ region }: { region: string }) => `/regions/${region}`,
  network: () => '/network',
  replication: () => '/replication',
  newFailover: ({ cell }: { cell?: string } = {}) => (cell ? `/dr/failover/new?cell=${cell}` : '/dr/failover/new'),
  operations: () => '/operations',
  operation: ({ id }: { id: string }) => `/operations/${id}`,
  approvals: () => '/approvals',
  approval: ({ id }: { id: string }) => `/approvals/${id}`,
  audit: ({ correlation }: { correlation?: string } = {}) =>
    correlation ? `/audit?correlation=${correlation}` : '/audit',
  status: () => '/status',
} as const
