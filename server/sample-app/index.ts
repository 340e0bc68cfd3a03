/**
 * The regulatory case platform that runs in the embedded fleet: the reference for how a customer's application uses the
 * gate, the router and the outbox, and the traffic behind every chart. It knows only what a customer can know: the router
 * client, its own tables, its own credentials.
 */
export { createDemand, type DemandTenant, seededRandom } from './demand'
export { installSampleApp, protectedTables } from './install'
export { createLedger, type Ledger } from './ledger'
export { type CellCredentials, createPools, type Pools } from './pools'
export { runTraffic, type TrafficOptions } from './traffic'
