/**
 * The estate: what is declared (regions, cells, members, policies, tenants) and how it looks now. Queries here read the
 * declared rows and the newest observations and join them by pure views; the declared rows change only by applyEstate,
 * and a write epoch is never touched once it exists. This folder does not know how anything is observed or operated.
 */
export { type AppliedEstate, applyEstate } from './apply-estate'
export { createEndpoints, type Endpoints, type MemberTarget } from './endpoints'
export type { EstateSpecInput } from './estate-spec'
export type { FencingSpec } from './fencing-spec'
export { findFencing } from './find-fencing'
export { getConsoleStatus, type ServingProcess } from './get-console-status'
export { getLink } from './get-link'
export { getNetwork } from './get-network'
export { getOverview } from './get-overview'
export { getRegion } from './get-region'
export { getReplication } from './get-replication'
export { listCells } from './list-cells'
export { listFindings } from './list-findings'
export { resolveSecret } from './resolve-secret'
export { seedDemoTenants } from './seed-demo-tenants'
