/** Every link inside the console comes from here; a test proves that each one has a page. */
export const paths = {
  /** `next` is where to go afterwards; whoever reads it checks that it is a path of this console. */
  login: ({ next }: { next?: string } = {}) => (next ? `/login?next=${encodeURIComponent(next)}` : '/login'),
  overview: () => '/overview',
  region: ({ region }: { region: string }) => `/regions/${region}`,
  network: () => '/network',
  replication: () => '/replication',
  newFailover: ({ cell }: { cell?: string } = {}) => (cell ? `/dr/failover/new?cell=${cell}` : '/dr/failover/new'),
  staleServers: () => '/dr/stale',
  staleServer: ({ id }: { id: string }) => `/dr/stale/${id}`,
  conflicts: ({ server }: { server?: string } = {}) => (server ? `/conflicts?server=${server}` : '/conflicts'),
  conflict: ({ id }: { id: string }) => `/conflicts/${id}`,
  breakGlass: ({ cell }: { cell?: string } = {}) => (cell ? `/dr/break-glass?cell=${cell}` : '/dr/break-glass'),
  operations: () => '/operations',
  operation: ({ id }: { id: string }) => `/operations/${id}`,
  approvals: () => '/approvals',
  approval: ({ id }: { id: string }) => `/approvals/${id}`,
  holds: () => '/holds',
  profile: () => '/settings/profile',
  audit: ({ correlation }: { correlation?: string } = {}) =>
    correlation ? `/audit?correlation=${correlation}` : '/audit',
  notifications: () => '/settings/notifications',
  /** What messages carry: it shows what the code stands for now. */
  shortLink: ({ code }: { code: string }) => `/r/${code}`,
  status: () => '/status',
} as const
