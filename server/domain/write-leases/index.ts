/**
 * Write leases: a leased cell's writer may write only until an instant that a worker extends again and again, so that a
 * server which nobody reaches stops by itself. Opt-in by cell (`cell.write_lease_ms`).
 *
 * Invariants: no end is ever ordered at a gate beyond what the catalog has granted before; once an operation has stopped a
 * lease nothing more is granted at that epoch; `leaseEndsAt` covers every order that may still arrive, whoever sent it; an
 * end is stated only when the gate has confirmed that it keeps to a lease of this epoch.
 * It must not know why somebody stops a lease: failing over is the business of operations.
 */
export { type LeaseEnd, leaseEndsAt } from './lease-ends-at'
export { type LeaseRenewerDeps, startLeaseRenewer } from './start-lease-renewer'
export { stopLease } from './stop-lease'
