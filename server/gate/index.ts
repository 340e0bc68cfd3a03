/**
 * The write gate: a small SQL package in schema `homeport` of a cell's own database, and its typed face.
 *
 * Invariants: a write commits only on the server named by the gate, while it is open, at its epoch; once freeze or fence has
 * returned, nothing that passed the gate before is still in flight; epochs never fall; every command here may be repeated.
 * It must not know the console: it installs into any customer's PostgreSQL 15 to 18, so it knows `model/` and `pg` alone.
 */
export { type GateChange, openGate, setTenantGate, type TenantGate, type TenantStatus } from './change-gate'
export { type Connection, GATE_VERSION, installGate, protectTable, unprotectTable } from './install-gate'
export { type GateState, type GateStatus, readGate } from './read-gate'
