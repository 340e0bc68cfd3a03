/**
 * Where requests of a tenant go. A route is a fact of the catalog at one moment and carries both epochs, so that a cell
 * refuses a command that was routed by an old one. Nothing here changes a route: epochs move in operations.
 */
export { resolveRoute } from './resolve-route'
