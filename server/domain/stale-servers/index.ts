/**
 * Servers that a failover left behind: who attends to their return, and what people read about them. Invariants: a return is started
 * by whoever sees the server first, and at most one runs; what a server wrote on its own is counted in the ledger and never guessed;
 * an unknown loss is null. It opens no gate, and it knows neither the steps of an operation nor an engine's SQL.
 */
export { type AttendDeps, attendReturns } from './attend-returns'
export { bringBackServer } from './bring-back-server'
export { exportLedger } from './export-ledger'
export { getStaleServer } from './get-stale-server'
export { listLedger } from './list-ledger'
export { listStaleServers } from './list-stale-servers'
