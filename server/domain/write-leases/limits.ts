/** What the catalog grants ahead: as long as it is away, a healthy writer goes on for up to this. */
const HORIZON_LEASES = 10
const HORIZON_MS_MAX = 30_000

export function horizonMs(leaseMs: number): number {
  return Math.max(leaseMs, Math.min(HORIZON_LEASES * leaseMs, HORIZON_MS_MAX))
}

/** Two renewals may fail before the lease runs out. */
export function renewEveryMs(leaseMs: number): number {
  return leaseMs / 3
}

export function retryEveryMs(leaseMs: number): number {
  return leaseMs / 12
}

/** One order or one look at the server. */
export function serverCallMs(leaseMs: number): number {
  return leaseMs / 3
}

/** How long a renewal waits for the catalog before it goes on with what was granted earlier. */
export function catalogPatienceMs(leaseMs: number): number {
  return leaseMs / 8
}

/** Of the catalog lease that makes one worker the keeper: another takes over before the write lease runs out. */
export function keeperTtlMs(leaseMs: number): number {
  return leaseMs * 0.6
}

/** Whoever is not the keeper asks this often whether it may be. */
export function takeOverEveryMs(leaseMs: number): number {
  return leaseMs / 8
}

/** Every call to the catalog ends by then, answered or not. */
export const CATALOG_CALL_MS = 5_000
/** An answer that took longer tells the catalog's time too vaguely. */
export const CLOCK_ANSWER_MS_MAX = 1_000
export const LIST_CELLS_EVERY_MS = 1_000
export const LEASED_CELLS_MAX = 1_000
/** A cell that is not leased any more is kept until its next epoch, which starts without a lease. */
export const LEASE_MS_WHEN_LEAVING = 10_000
