/**
 * The audit trail: reading it, numbering it, proving it. Events are appended by server/db's `appendAudit` inside the
 * change they describe; this folder never writes an event and never changes one.
 */
export { exportAudit } from './export-audit'
export { getChainStatus } from './get-chain-status'
export { listAudit } from './list-audit'
export { runSequencer } from './run-sequencer'
