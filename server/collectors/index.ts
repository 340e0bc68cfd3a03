/**
 * The looking side: probes, members, lag and the worker's own heartbeat. A collector's activation takes no
 * input; it looks at the world, records what it saw and when, and says so in a sentence. "Could not look" is recorded as
 * that, never as "down" and never as zero. One worker at a time looks from one vantage, by a lease. Collectors judge
 * nothing (that is server/domain/telemetry) and change nothing in a cell except one heartbeat row a vantage.
 */
export { startCollectors } from './start-collectors'
