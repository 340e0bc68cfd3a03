import { z } from 'zod'
import { NoInput } from '@/model/schemas/common'
import {
  CellView,
  ConsoleStatus,
  LinkHistory,
  LinkRef,
  Network,
  Overview,
  RegionDetail,
  RegionRef,
  Replication,
  ReplicationQuery,
  Route,
  RouteQuery,
  ServerFindings,
} from '@/model/schemas/estate'
import {
  getConsoleStatus,
  getLink,
  getNetwork,
  getOverview,
  getRegion,
  getReplication,
  listCells,
  listFindings,
} from '@/server/domain/estate'
import { resolveRoute } from '@/server/domain/routes'
import { can, router } from '../trpc'

const NetworkQuery = z.strictObject({ windowMs: LinkRef.shape.windowMs.optional() })

export const overviewRouter = router({
  get: can('telemetry:read', 'GET /overview')
    .input(NoInput)
    .output(Overview)
    .query(({ ctx }) => getOverview(ctx)),
})

export const regionsRouter = router({
  get: can('telemetry:read', 'GET /regions/{region}')
    .input(RegionRef)
    .output(RegionDetail)
    .query(({ ctx, input }) => getRegion(ctx, input)),
})

export const cellsRouter = router({
  list: can('estate:read', 'GET /cells')
    .input(NoInput)
    .output(z.array(CellView))
    .query(({ ctx }) => listCells(ctx)),
  findings: can('estate:read', 'GET /cells/findings')
    .input(NoInput)
    .output(ServerFindings)
    .query(({ ctx }) => listFindings(ctx)),
})

export const networkRouter = router({
  matrix: can('telemetry:read', 'GET /network')
    .input(NetworkQuery)
    .output(Network)
    .query(({ ctx, input }) => getNetwork(ctx, input)),
  link: can('telemetry:read', 'GET /network/{from}/{to}')
    .input(LinkRef)
    .output(LinkHistory)
    .query(({ ctx, input }) => getLink(ctx, input)),
})

export const replicationRouter = router({
  get: can('telemetry:read', 'GET /replication')
    .input(ReplicationQuery)
    .output(Replication)
    .query(({ ctx, input }) => getReplication(ctx, input)),
})

export const routesRouter = router({
  resolve: can('route:read', 'GET /route')
    .input(RouteQuery)
    .output(Route)
    .query(({ ctx, input }) => resolveRoute(ctx, input)),
})

export const statusRouter = router({
  get: can('estate:read', 'GET /status')
    .input(NoInput)
    .output(ConsoleStatus)
    .query(({ ctx }) => getConsoleStatus(ctx)),
})
