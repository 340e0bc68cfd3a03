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
  get: can('telemetry:read', 'GET /overview', 'Show the state of the whole estate')
    .input(NoInput)
    .output(Overview)
    .query(({ ctx }) => getOverview(ctx)),
})

export const regionsRouter = router({
  get: can('telemetry:read', 'GET /regions/{region}', 'Show one region with its tenants')
    .input(RegionRef)
    .output(RegionDetail)
    .query(({ ctx, input }) => getRegion(ctx, input)),
})

export const cellsRouter = router({
  list: can('estate:read', 'GET /cells', 'List the cells with their members')
    .input(NoInput)
    .output(z.array(CellView))
    .query(({ ctx }) => listCells(ctx)),
  findings: can('estate:read', 'GET /cells/findings', 'List what was found at the servers')
    .input(NoInput)
    .output(ServerFindings)
    .query(({ ctx }) => listFindings(ctx)),
})

export const networkRouter = router({
  matrix: can('telemetry:read', 'GET /network', 'Show the latency between all regions')
    .input(NetworkQuery)
    .output(Network)
    .query(({ ctx, input }) => getNetwork(ctx, input)),
  link: can('telemetry:read', 'GET /network/{from}/{to}', 'Show the history of one network link')
    .input(LinkRef)
    .output(LinkHistory)
    .query(({ ctx, input }) => getLink(ctx, input)),
})

export const replicationRouter = router({
  get: can('telemetry:read', 'GET /replication', 'Show the replication lag of every standby')
    .input(ReplicationQuery)
    .output(Replication)
    .query(({ ctx, input }) => getReplication(ctx, input)),
})

export const routesRouter = router({
  resolve: can('route:read', 'GET /route', 'Resolve the home of a tenant')
    .input(RouteQuery)
    .output(Route)
    .query(({ ctx, input }) => resolveRoute(ctx, input)),
})

export const statusRouter = router({
  get: can('estate:read', 'GET /status', 'Show the state of the console itself')
    .input(NoInput)
    .output(ConsoleStatus)
    .query(({ ctx }) => getConsoleStatus(ctx)),
})
