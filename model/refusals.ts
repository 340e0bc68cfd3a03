/**
 * Why a cell refused a write. Each refusal has its own SQLSTATE (class HP) so that a client can tell "your route is old"
 * from "your data changed" without reading prose. A refused command did nothing and may be sent again.
 */
export const refusals = {
  STALE_SCOPE_EPOCH: {
    sqlstate: 'HP001',
    retry: 'after-resolve',
    says: 'The command names an old write epoch of this cell, or none.',
  },
  STALE_REGION_EPOCH: {
    sqlstate: 'HP002',
    retry: 'after-resolve',
    says: 'The command names an old region epoch of this tenant, or none.',
  },
  WRONG_REGION: { sqlstate: 'HP003', retry: 'after-resolve', says: 'This server is not in the region that may write.' },
  ENTITY_MOVED: { sqlstate: 'HP004', retry: 'after-resolve', says: 'The tenant has moved to another region.' },
  REGION_READ_ONLY: { sqlstate: 'HP005', retry: 'after-resolve', says: 'The cell does not take writes at the moment.' },
  TENANT_FROZEN: { sqlstate: 'HP006', retry: 'after-resolve', says: 'The tenant is frozen while it moves.' },
  TENANT_SUSPENDED: { sqlstate: 'HP007', retry: 'never', says: 'The tenant is suspended.' },
  STATUS_CONFLICT: { sqlstate: 'HP008', retry: 'never', says: 'The record changed since it was read.' },
  CATALOG_UNAVAILABLE: {
    sqlstate: 'HP009',
    retry: 'after-resolve',
    says: 'No route is known and the catalog cannot be asked.',
  },
} as const satisfies Record<string, Refusal>

type Refusal = { sqlstate: `HP${string}`; retry: 'after-resolve' | 'never'; says: string }

export type RefusalCode = keyof typeof refusals

const codeBySqlstate = new Map<string, RefusalCode>(
  Object.entries(refusals).map(([code, { sqlstate }]) => [sqlstate, code as RefusalCode]),
)

/** PostgreSQL's own words for "this server is a standby": recovery in progress, or a read-only transaction. */
const standbySqlstates = new Set(['25006', '0A000'])

/** The refusal behind a PostgreSQL error, or null when the error is something else (a failure, or an unknown outcome). */
export function refusalOf(sqlstate: string | undefined): RefusalCode | null {
  if (sqlstate === undefined) return null
  if (standbySqlstates.has(sqlstate)) return 'REGION_READ_ONLY'
  return codeBySqlstate.get(sqlstate) ?? null
}
