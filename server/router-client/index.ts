/**
 * What an application embeds to reach the right cell: resolve a tenant, cache the answer for a bounded time, forget it
 * when told or when a cell refuses, try a refused command again, and report what was counted. It knows HTTP and `model/`,
 * and nothing of the console's inside.
 *
 * Invariant: only what did nothing is sent again: a command that was refused, or of which the application knows that it never
 * ran. A failure may have happened; it is the caller's to resolve.
 */
export { type ConsoleClient, type ConsoleConnection, createConsoleClient } from './console-client'
export { followRouteChanges } from './follow-route-changes'
export { CommandNotDone, createRouter, RouteRefused, type Router, RouteUnavailable } from './router'
