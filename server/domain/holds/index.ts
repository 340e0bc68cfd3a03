/**
 * Holds: somebody keeps operations from a region, a cell or a tenant, because of an incident or for maintenance. Invariants: one
 * open hold of a kind and a subject; a hold ends by the catalog's clock or by a person with a reason; it is never deleted.
 * What a hold forbids is the operations' business: this noun only answers which there are.
 */
export { type ActiveHold, holdsOn } from './holds-on'
export { listHolds } from './list-holds'
export { placeHold } from './place-hold'
export { releaseHold } from './release-hold'
