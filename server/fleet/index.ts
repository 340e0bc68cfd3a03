/**
 * The embedded fleet: real PostgreSQL servers, relays that stand in for the wide-area network, and a power switch a server.
 * It stands in for machines, so it knows regions and nothing of the console: no epochs, no gate, no operations.
 *
 * Invariants: it promotes nothing (promotion is SQL, by the console); it signals only processes that work in its own data
 * directories; a start that was killed leaves nothing half made; the same data directory comes back at the same addresses.
 */
export { connectFleet, FleetClient } from './client'
export type {
  CloneReceipt,
  FleetStatus,
  LinkAction,
  LinkState,
  LinkStatus,
  LockoutAction,
  LockoutReceipt,
  MemberStatus,
  ObservedRole,
  Power,
  PowerAction,
  PowerReceipt,
  RebuildReceipt,
  RelayStatus,
} from './contract'
export { type ControlApi, openControlApi } from './control-api'
export type { Afterlife } from './custody'
export { destroyFleet, refuseRunningFleet } from './custody'
export { embeddedEstate } from './embedded-estate'
export type { CellSpec, Estate, MemberSpec } from './estate'
export { findMissing } from './find-missing'
export { Fleet, type FleetOptions } from './fleet'
export { FleetError, type FleetErrorCode } from './fleet-error'
export type { LinkDelay } from './links'
export { withServer } from './sql'
