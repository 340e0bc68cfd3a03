/** Every link inside the console comes from here; a test proves that each one has a page. */
export const paths = {
  /** `next` is where to go afterwards; whoever reads it checks that it is a path of this console. */
  login: ({ next }: { next?: string } = {}) => (next ? `/login?next=${encodeURIComponent(next)}` : '/login'),
  overview: () => '/overview',
  region: ({ region }: { region: string }) => `/regions/${region}`,
  network: () => '/network',
  replication: () => '/replication',
  /** `verb` is one that loses nothing: no link chooses a forced failover. `after`: a switchover that went back. */
  newFailover: ({ cell, target, verb, after }: FailoverWanted = {}) =>
    withQuery('/dr/failover/new', { cell, target, verb, after }),
  /** `off`: a region that is switched off, to see what would happen. */
  dr: ({ off }: { off?: string } = {}) => (off ? `/dr?off=${off}` : '/dr'),
  readiness: ({ cell }: { cell?: string } = {}) => (cell ? `/dr/readiness?cell=${cell}` : '/dr/readiness'),
  drills: ({ cell }: { cell?: string } = {}) => (cell ? `/dr/drills?cell=${cell}` : '/dr/drills'),
  drill: ({ id }: { id: string }) => `/dr/drills/${id}`,
  newDrill: ({ cell }: { cell?: string } = {}) => (cell ? `/dr/drills/new?cell=${cell}` : '/dr/drills/new'),
  drillHistory: () => '/dr/history',
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

type FailoverWanted = { cell?: string; target?: string; verb?: 'planned' | 'planned-then-ask'; after?: string }

function withQuery(path: string, query: Record<string, string | undefined>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`
}
