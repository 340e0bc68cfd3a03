/**
 * Readiness: whether a failover of each cell would work now, and since when that is known. The worker proves it check by check
 * and keeps what it found with its time; whoever reads judges that by its age. Also: what would happen if a region went dark.
 *
 * Invariants: what nobody knows is never ready; a pass decays, first stale and then failed; time alone makes nothing better;
 * reading looks at nothing but the catalog. It must not know how a check's facts are collected, nor start anything.
 */
export { getWhatIf } from './get-what-if'
export { listReadiness } from './list-readiness'
export { type ProveDeps, proveReadiness } from './prove-readiness'
