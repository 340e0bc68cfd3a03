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

/** Thrown by a command that certainly did nothing, though no gate refused it: the cell could not be reached, or it asked to be asked again. */
export class CommandNotDone extends Error {
  override name = 'CommandNotDone'
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
/** A push ends the wait; this is for routers that hear none. */
const RETRY_FIRST_MS = 40
const RETRY_LAST_MS = 200
const CACHE_MAX = 100_000

/** Said by a cell that takes no writes at the moment, whoever asks: by itself no sign that the route is old. */
const holds: ReadonlySet<RefusalCode> = new Set(['REGION_READ_ONLY', 'TENANT_FROZEN'])

type Cached = { route: Route; at: number; stale: boolean }

export function createRouter(options: RouterOptions): Router {
  const { freshMs = FRESH_MS, graceMs = GRACE_MS, deadlineMs = DEADLINE_MS, now = () => performance.now() } = options
  const cache = new Map<string, Cached>()
  const asking = new Map<string, Promise<Route>>()
  /** Commands that were refused and wait before they are sent again. */
  const waiting = new Set<{ scope: string; tell(): void }>()
  /** How often we were told of a change: an answer or a refusal from before the newest one may be out of date. */
  let toldCount = 0

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
    const toldBefore = toldCount
    const question = options
      .resolve(tenantId, signal)
      .then((route) => {
        if (cache.size >= CACHE_MAX) cache.clear()
        cache.set(tenantId, { route, at: now(), stale: toldCount !== toldBefore })
        return route
      })
      .finally(() => asking.delete(tenantId))
    asking.set(tenantId, question)
    return question
  }

  /**
   * A refusal means that the route is old, or that nobody takes writes at the moment. In the first case a newer route is
   * asked for and tried at once. Else the command is held, no longer than until something is said about its cell: at the
   * first word the route is asked for, and at the next one it is tried without asking, because for whoever waits at a target
   * that opens, the answer would come too late, and a refusal costs nothing.
   */
  async function execute<T>(
    tenantId: string,
    command: (route: Route, signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const giveUpAt = now() + deadlineMs
    let route = await resolve(tenantId, signal)
    let isAskedSinceWord = false
    for (let pauseMs = RETRY_FIRST_MS; ; ) {
      const toldBefore = toldCount
      const tried = route
      try {
        return await command(tried, signal)
      } catch (error) {
        const code = reasonToWait(error)
        if (!code || now() + pauseMs > giveUpAt) throw error
        route = await newestAfter(code)
      }
      if (isNewer(route, tried)) continue
      const isTold = toldCount !== toldBefore || (await untilTold(route.scope, pauseMs, signal))
      pauseMs = isTold ? RETRY_FIRST_MS : Math.min(pauseMs * 2, RETRY_LAST_MS)
      if (!isTold || !isAskedSinceWord) route = await resolve(tenantId, signal)
      isAskedSinceWord = isTold && !isAskedSinceWord

      /** Another command may have learned of a newer one already, and an answer that is under way is worth its wait. */
      async function newestAfter(code: RefusalCode): Promise<Route> {
        const known = cache.get(tenantId)
        if (known && isNewer(known.route, tried)) return known.route
        markStale(tenantId)
        return asking.has(tenantId) || !holds.has(code) ? resolve(tenantId, signal) : tried
      }
    }
  }

  /** A push about the scope ends the wait, since what was refused may be accepted now: true when one came. */
  function untilTold(scope: string, waitMs: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
        waiting.delete(waiter)
        settle()
      }
      const onAbort = () => end(() => reject(signal.reason))
      const waiter = { scope, tell: () => end(() => resolve(true)) }
      const timer = setTimeout(() => end(() => resolve(false)), waitMs)
      signal.addEventListener('abort', onAbort, { once: true })
      waiting.add(waiter)
      if (signal.aborted) onAbort()
    })
  }

  function markStale(tenantId: string): void {
    const cached = cache.get(tenantId)
    if (cached) cached.stale = true
  }

  function invalidate(scopes: readonly string[]): void {
    toldCount += 1
    for (const cached of cache.values()) if (isAbout(scopes, cached.route.scope)) cached.stale = true
    for (const { scope, tell } of [...waiting]) if (isAbout(scopes, scope)) tell()
  }

  return { execute, resolve, invalidate }
}

/** Why a command may be sent again; null when it may not. A cell that cannot be reached takes no writes at the moment. */
function reasonToWait(error: unknown): RefusalCode | null {
  if (error instanceof CommandNotDone) return 'REGION_READ_ONLY'
  if (!(error instanceof RouteRefused) || refusals[error.code].retry === 'never') return null
  return error.code
}

/** Epochs only rise, so a chain of newer routes ends. */
function isNewer(route: Route, than: Route): boolean {
  return BigInt(route.scopeEpoch) > BigInt(than.scopeEpoch) || BigInt(route.regionEpoch) > BigInt(than.regionEpoch)
}

function isAbout(scopes: readonly string[], scope: string): boolean {
  return scopes.length === 0 || scopes.includes(scope)
}
