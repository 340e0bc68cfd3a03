import { setTimeout as wait } from 'node:timers/promises'
import { type RefusalCode, refusals } from '@/model/refusals'
import type { Route } from '@/model/schemas/estate'

/** Thrown by a command when the cell said no: nothing happened there. */
export class RouteRefused extends Error {
  override name = 'RouteRefused'
  constructor(
    readonly code: RefusalCode,
    options?: ErrorOptions,
  ) {
    super(refusals[code].says, options)
  }
}

/** No route is known and the console did not give one in time. Nothing was sent to any cell. */
export class RouteUnavailable extends Error {
  override name = 'RouteUnavailable'
  readonly code = 'CATALOG_UNAVAILABLE' satisfies RefusalCode
}

export type RouterOptions = {
  resolve: (tenantId: string, signal: AbortSignal) => Promise<Route>
  /** A cached route is used without asking for this long. */
  freshMs?: number
  /** When the console does not answer, a cached route is used for this long; then commands are refused. */
  graceMs?: number
  /** How long one command may be sent again after refusals. */
  deadlineMs?: number
  now?: () => number
}

export type Router = {
  /** Runs a command at the tenant's cell and, if the cell refuses because the route is old or writes are frozen, again. */
  execute<T>(
    tenantId: string,
    command: (route: Route, signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>
  resolve(tenantId: string, signal: AbortSignal): Promise<Route>
  /** Called on push: the next command of each tenant of these scopes asks again. No scopes means all. */
  invalidate(scopes: readonly string[]): void
}

const FRESH_MS = 30_000
const GRACE_MS = 10 * 60_000
const DEADLINE_MS = 15_000
const RETRY_FIRST_MS = 20
const RETRY_LAST_MS = 200
const CACHE_MAX = 100_000

type Cached = { route: Route; at: number; stale: boolean }

export function createRouter(options: RouterOptions): Router {
  const { freshMs = FRESH_MS, graceMs = GRACE_MS, deadlineMs = DEADLINE_MS, now = () => performance.now() } = options
  const cache = new Map<string, Cached>()
  const asking = new Map<string, Promise<Route>>()

  async function resolve(tenantId: string, signal: AbortSignal): Promise<Route> {
    const cached = cache.get(tenantId)
    if (cached && !cached.stale && now() - cached.at <= freshMs) return cached.route
    try {
      return await askOnce(tenantId, signal)
    } catch (error) {
      if (cached && now() - cached.at <= graceMs) return cached.route
      throw new RouteUnavailable('No route is known and the console cannot be asked.', { cause: error })
    }
  }

  /** Callers of one tenant share one question. */
  function askOnce(tenantId: string, signal: AbortSignal): Promise<Route> {
    const running = asking.get(tenantId)
    if (running) return running
    const question = options
      .resolve(tenantId, signal)
      .then((route) => {
        if (cache.size >= CACHE_MAX) cache.clear()
        cache.set(tenantId, { route, at: now(), stale: false })
        return route
      })
      .finally(() => asking.delete(tenantId))
    asking.set(tenantId, question)
    return question
  }

  async function execute<T>(
    tenantId: string,
    command: (route: Route, signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const giveUpAt = now() + deadlineMs
    for (let pauseMs = RETRY_FIRST_MS; ; pauseMs = Math.min(pauseMs * 2, RETRY_LAST_MS)) {
      const route = await resolve(tenantId, signal)
      try {
        return await command(route, signal)
      } catch (error) {
        if (!(error instanceof RouteRefused) || refusals[error.code].retry === 'never') throw error
        if (now() + pauseMs > giveUpAt) throw error
        markStale(tenantId)
        await wait(pauseMs, undefined, { signal })
      }
    }
  }

  function markStale(tenantId: string): void {
    const cached = cache.get(tenantId)
    if (cached) cached.stale = true
  }

  function invalidate(scopes: readonly string[]): void {
    for (const cached of cache.values())
      if (scopes.length === 0 || scopes.includes(cached.route.scope)) cached.stale = true
  }

  return { execute, resolve, invalidate }
}
