/** Every link inside the console comes from here; a test proves that each one has a page. */
export const paths = {
  login: () => '/login',
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
