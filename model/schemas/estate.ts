import { z } from 'zod'
import {
  CellId,
  Instant,
  LagStateSchema,
  MemberId,
  Percentiles,
  ProbeOutcomeSchema,
  RegionCode,
  Seen,
  SeriesPoint,
  Status,
  Uuid,
} from './common'
import { Finding } from './plans'

/** One standby's lag in three measures that are never merged; null is unknown, never zero. */
export const Lag = z.object({
  sourceMember: z.string().nullable(),
  targetMember: z.string(),
  sourceRegion: z.string().nullable(),
  targetRegion: z.string(),
  cellId: z.string(),
  state: LagStateSchema,
  bytes: z.string().nullable(),
  heartbeatAgeMs: z.number().nullable(),
  engineLagMs: z.number().nullable(),
  lagMsMax: z.number(),
  /** It was left behind by a failover and streams nothing until it is rebuilt: the id of its page; else null. */
  staleServerId: Uuid.nullable(),
  status: Status,
  seen: Seen,
})
export type Lag = z.infer<typeof Lag>

/** One server as last observed. `role` null: not known. */
export const MemberView = z.object({
  id: MemberId,
  cellId: z.string(),
  region: RegionCode,
  isActive: z.boolean(),
  /** It was left behind by a failover and is no standby until it is rebuilt: the id of its page; else null. */
  staleServerId: Uuid.nullable(),
  state: z.enum(['reachable', 'unreachable', 'unknown']),
  role: z.enum(['primary', 'standby']).nullable(),
  timeline: z.int().nullable(),
  lsn: z.string().nullable(),
  gateStatus: z.string().nullable(),
  gateEpoch: z.string().nullable(),
  unprotected: z.array(z.string()),
  clockSkewMs: z.number().nullable(),
  serverVersion: z.string().nullable(),
  detail: z.string().nullable(),
  status: Status,
  /** What every vantage together says of it; null where the list is too long to tell (the overview). */
  finding: Finding.nullable(),
  seen: Seen,
})
export type MemberView = z.infer<typeof MemberView>

export const CellView = z.object({
  id: CellId,
  name: z.string(),
  scope: z.string(),
  engine: z.string(),
  activeRegion: RegionCode,
  /** Where most of its tenants have their home; null when it has none. */
  homeRegion: RegionCode.nullable(),
  activeMember: z.string(),
  epoch: z.string(),
  epochStatus: z.string(),
  epochChangedAt: Instant,
  tenantCount: z.int(),
  status: Status,
  /** One sentence: what is wrong, or that nothing is. */
  says: z.string(),
  members: z.array(MemberView),
  lag: z.array(Lag),
  /** Accepted writes per second over the last whole minute, as the application counted; null when it does not report. */
  writesPerSecond: z.number().nullable(),
  writeLatency: Percentiles,
  /** The operation that runs on this cell now, if any. */
  operationId: Uuid.nullable(),
  /** The newest forced failover that nobody has taken note of. */
  failoverToNote: z.object({ id: Uuid, code: z.string() }).nullable(),
  rpoObjectiveMs: z.int(),
  rtoObjectiveMs: z.int(),
})
export type CellView = z.infer<typeof CellView>

/** A server about which something must be said: anything but a healthy one, the unknown among them. */
export const ServerFinding = z.object({
  cellId: z.string(),
  member: z.string(),
  region: z.string(),
  isActive: z.boolean(),
  /** See MemberView. */
  staleServerId: Uuid.nullable(),
  finding: Finding,
})
export type ServerFinding = z.infer<typeof ServerFinding>
/** Writers before standbys. `count` is of all of them; the list may be shorter. */
export const ServerFindings = z.object({ findings: z.array(ServerFinding), count: z.int(), asOf: Instant })
export type ServerFindings = z.infer<typeof ServerFindings>

/** How one vantage sees one region's primary servers. Vantages that disagree are shown side by side, never merged. */
export const VantageView = z.object({
  vantage: z.string(),
  outcome: ProbeOutcomeSchema.nullable(),
  since: Instant.nullable(),
  seen: Seen,
})

export const RegionView = z.object({
  code: RegionCode,
  city: z.string(),
  country: z.string(),
  jurisdiction: z.string(),
  lat: z.number(),
  lon: z.number(),
  status: Status,
  says: z.string(),
  /** Since when the status holds; null when unknown. */
  since: Instant.nullable(),
  tenantsHomed: z.int(),
  primaryOf: z.array(z.string()),
  standbyOf: z.array(z.string()),
  /** Merged over every vantage that reached it in the last five minutes. */
  readLatency: Percentiles,
  writeLatency: Percentiles,
  worstLagMs: z.number().nullable(),
  epochChanges24h: z.int(),
  vantages: z.array(VantageView),
  seen: Seen,
})
export type RegionView = z.infer<typeof RegionView>

/** One direction between two regions. */
export const LinkView = z.object({
  from: RegionCode,
  to: RegionCode,
  /** probe-missing: nobody probes this pair. down: no probe gets an answer. not-established: no probe has finished yet. */
  state: z.enum(['up', 'down', 'probe-missing', 'not-established']),
  latency: Percentiles,
  lastMs: z.number().nullable(),
  budgetMs: z.number().nullable(),
  /** p50 over budget; null when either is missing. */
  ratio: z.number().nullable(),
  /** True when this direction is more than 20 % off the other one. */
  asymmetric: z.boolean(),
  detail: z.string().nullable(),
  replicates: z.array(z.string()),
  requestsPerSecond: z.number().nullable(),
  seen: Seen,
})
export type LinkView = z.infer<typeof LinkView>

export const Network = z.object({
  regions: z.array(RegionCode),
  links: z.array(LinkView),
  windowMs: z.int(),
  asOf: Instant,
})
export type Network = z.infer<typeof Network>

export const LinkRef = z.strictObject({
  from: RegionCode,
  to: RegionCode,
  windowMs: z.int().min(60_000).max(86_400_000).default(3_600_000),
})
export const LinkHistory = z.object({
  link: LinkView,
  p50: z.array(SeriesPoint),
  p99: z.array(SeriesPoint),
  failures: z.array(SeriesPoint),
})
export type LinkHistory = z.infer<typeof LinkHistory>

export const EventLine = z.object({
  seq: z.string().nullable(),
  id: Uuid,
  at: Instant,
  action: z.string(),
  says: z.string(),
  actor: z.string(),
  scope: z.string().nullable(),
  correlationId: z.string().nullable(),
})
export type EventLine = z.infer<typeof EventLine>

export const Overview = z.object({
  asOf: Instant,
  servedFrom: z.string(),
  verdict: z.object({
    status: Status,
    /** What is wrong, a sentence each, the worst first; how many more there are; and how many regions are healthy. */
    troubles: z.array(z.string()),
    untold: z.object({ count: z.number().int(), kind: z.enum(['cell', 'region']) }).nullable(),
    summary: z.string(),
    since: Instant.nullable(),
  }),
  regions: z.array(RegionView),
  links: z.array(LinkView),
  cells: z.array(CellView),
  events: z.array(EventLine),
  /** What the application counted over the last whole minute; null when it does not report. */
  traffic: z
    .object({
      /** Over how many seconds: fewer than sixty where the application has begun to report since. */
      seconds: z.number(),
      acknowledgedPerSecond: z.number(),
      refusedPerSecond: z.number(),
      failedPerSecond: z.number(),
      refusedByCode: z.record(z.string(), z.number()),
      seen: Seen,
    })
    .nullable(),
})
export type Overview = z.infer<typeof Overview>

export const RegionRef = z.strictObject({ region: RegionCode })
export const RegionTenant = z.object({
  tenantId: Uuid,
  name: z.string(),
  cellId: z.string(),
  policy: z.string(),
  status: z.string(),
  regionEpoch: z.string(),
})
export type RegionTenant = z.infer<typeof RegionTenant>
export const RegionDetail = z.object({
  region: RegionView,
  cells: z.array(CellView),
  linksOut: z.array(LinkView),
  linksIn: z.array(LinkView),
  tenants: z.array(RegionTenant),
  tenantCount: z.int(),
  events: z.array(EventLine),
  asOf: Instant,
})
export type RegionDetail = z.infer<typeof RegionDetail>

export const ReplicationQuery = z.strictObject({ windowMs: z.int().min(60_000).max(86_400_000).default(900_000) })
export const Replication = z.object({
  asOf: Instant,
  windowMs: z.int(),
  lags: z.array(Lag),
  /** At most 300 points a series; a null is a gap. */
  series: z.array(
    z.object({ targetMember: z.string(), heartbeatAgeMs: z.array(SeriesPoint), bytes: z.array(SeriesPoint) }),
  ),
})
export type Replication = z.infer<typeof Replication>

export const RouteQuery = z.strictObject({
  tenantId: Uuid,
  /** The region the caller is in: decides by which address it reaches the cell. */
  from: RegionCode.optional(),
})
export const Route = z.object({
  tenantId: Uuid,
  homeRegion: RegionCode,
  activeRegion: RegionCode,
  cell: z.string(),
  endpoint: z.object({ member: z.string(), host: z.string(), port: z.int(), database: z.string() }),
  scope: z.string(),
  scopeEpoch: z.string(),
  regionEpoch: z.string(),
  status: z.string(),
  policy: z.string(),
  asOf: Instant,
})
export type Route = z.infer<typeof Route>

export const ConsoleStatus = z.object({
  asOf: Instant,
  servedFrom: z.string(),
  build: z.string(),
  environment: z.string(),
  catalog: z.object({ reachable: z.boolean(), latencyMs: z.number().nullable(), detail: z.string().nullable() }),
  processes: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      region: z.string(),
      build: z.string(),
      startedAt: Instant,
      status: Status,
      seen: Seen,
    }),
  ),
  regions: z.array(z.object({ code: z.string(), status: Status, says: z.string(), seen: Seen })),
  audit: z.object({ inboxCount: z.int(), oldestInboxAgeMs: z.number().nullable(), lastSeq: z.string().nullable() }),
  clockSkew: z.array(z.object({ member: z.string(), skewMs: z.number().nullable(), seen: Seen })),
})
export type ConsoleStatus = z.infer<typeof ConsoleStatus>
