import { alertsRouter } from './routers/alerts'
import { auditRouter } from './routers/audit'
import { breakGlassRouter } from './routers/break-glass'
import { conflictsRouter } from './routers/conflicts'
import { drillsRouter } from './routers/drills'
import {
  cellsRouter,
  networkRouter,
  overviewRouter,
  regionsRouter,
  replicationRouter,
  routesRouter,
  statusRouter,
} from './routers/estate'
import { failoversRouter } from './routers/failovers'
import { holdsRouter } from './routers/holds'
import { liveRouter } from './routers/live'
import { notificationsRouter } from './routers/notifications'
import { operationsRouter, requestsRouter, switchoversRouter } from './routers/operations'
import { peopleRouter } from './routers/people'
import { readinessRouter } from './routers/readiness'
import { sessionRouter } from './routers/session'
import { reinstatementsRouter, staleServersRouter } from './routers/stale-servers'
import { trafficRouter } from './routers/traffic'
import { router } from './trpc'

/** Every name that a client can call. No lazy routers: the permission matrix is read off this object by a test. */
export const appRouter = router({
  session: sessionRouter,
  overview: overviewRouter,
  regions: regionsRouter,
  cells: cellsRouter,
  network: networkRouter,
  replication: replicationRouter,
  routes: routesRouter,
  switchovers: switchoversRouter,
  failovers: failoversRouter,
  readiness: readinessRouter,
  drills: drillsRouter,
  requests: requestsRouter,
  operations: operationsRouter,
  breakGlass: breakGlassRouter,
  holds: holdsRouter,
  notifications: notificationsRouter,
  staleServers: staleServersRouter,
  reinstatements: reinstatementsRouter,
  conflicts: conflictsRouter,
  alerts: alertsRouter,
  people: peopleRouter,
  audit: auditRouter,
  status: statusRouter,
  traffic: trafficRouter,
  live: liveRouter,
})

export type AppRouter = typeof appRouter
