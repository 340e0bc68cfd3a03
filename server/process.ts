import os from 'node:os'
import { type Auth, createAuth, createDenialRecorder, type DenialRecorder } from './auth'
import { type CatalogWatch, watchCatalog } from './catalog-watch'
import { type Clock, systemClock } from './clock'
import { createDb, createLiveFeed, type Db, type LiveFeed, type Readiness, readReadiness } from './db'
import { keepBeating } from './domain/telemetry'
import { type Env, env } from './env'
import { publicOrigins } from './origins'

/** For the transport, which does not know the catalog: whether a failure means that the catalog did not answer. */
export { isUnreachable as isCatalogLost } from './db'

/**
 * What one web process holds once: the catalog's pool, the sign-in engine and the LISTEN connection. Next bundles each
 * route by itself, so a module variable would exist once a route; globalThis exists once a process.
 */
export type WebProcess = {
  db: Db
  auth: Auth
  live: LiveFeed
  clock: Clock
  recordDenial: DenialRecorder
  servedFrom: string
  environment: Env['HOMEPORT_ENVIRONMENT']
  build: string
  /** Origins whose pages may act on this console. */
  origins: readonly string[]
  routerToken: string | null
  metricsToken: string | null
  readiness(): Promise<Readiness>
  /** Whether the catalog answers, and since when it does not. */
  catalog: CatalogWatch
  stop(): Promise<void>
}

const slot = globalThis as unknown as { homeportProcess?: WebProcess }

export function thisProcess(): WebProcess {
  slot.homeportProcess ??= createWebProcess(env())
  return slot.homeportProcess
}

export function createWebProcess(settings: Env, clock: Clock = systemClock): WebProcess {
  const db = createDb(settings.DATABASE_URL)
  const live = createLiveFeed(settings.DATABASE_URL)
  const origins = publicOrigins(settings)
  const servedFrom = settings.HOMEPORT_SERVED_FROM
  const self = { id: `web-${os.hostname()}-${process.pid}`, kind: 'web', regionCode: servedFrom } as const
  const catalog = watchCatalog(db, clock.now)
  const stopBeating = keepBeating(db, { ...self, build: settings.HOMEPORT_BUILD, startedAt: clock.now() }, clock.now)
  return {
    db,
    live,
    clock,
    auth: createAuth({
      db,
      clock,
      secret: settings.HOMEPORT_AUTH_SECRET,
      url: settings.HOMEPORT_URL,
      origins,
      servedFrom,
    }),
    recordDenial: createDenialRecorder({ db, clock, servedFrom }),
    servedFrom,
    environment: settings.HOMEPORT_ENVIRONMENT,
    build: settings.HOMEPORT_BUILD,
    origins,
    routerToken: settings.HOMEPORT_ROUTER_TOKEN ?? null,
    metricsToken: settings.HOMEPORT_METRICS_TOKEN ?? null,
    readiness: () => readReadiness(db),
    catalog,
    stop: async () => {
      stopBeating()
      catalog.stop()
      await live.stop()
      await db.$disconnect()
    },
  }
}
