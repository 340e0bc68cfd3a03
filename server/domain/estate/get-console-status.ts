import type { ConsoleStatus } from '@/model/schemas/estate'
import { authorize, type Ctx } from '@/server/context'
import { isAbandoned, isFresh, MEMBER_INTERVAL_MS, PROCESS_INTERVAL_MS } from '../telemetry'
import { loadWorld } from './load-world'
import { viewCell } from './view-cell'
import { viewRegion } from './view-region'

/** What the process that serves the page knows of itself. */
export type ServingProcess = { build: string; environment: string }

/** The console's own health. When the catalog cannot be asked, that is the answer, not an error. */
export async function getConsoleStatus(ctx: Ctx & ServingProcess): Promise<ConsoleStatus> {
  authorize(ctx, 'estate:read')
  const now = ctx.clock.now()
  const served = { asOf: now.toISOString(), servedFrom: ctx.servedFrom, build: ctx.build, environment: ctx.environment }
  const startedMs = ctx.clock.monotonicMs()
  try {
    await ctx.db.$queryRaw`SELECT 1`
  } catch {
    return { ...served, ...withoutCatalog }
  }
  const latencyMs = ctx.clock.monotonicMs() - startedMs
  return { ...served, catalog: { reachable: true, latencyMs, detail: null }, ...(await readHealth(ctx, now)) }
}

const withoutCatalog = {
  catalog: { reachable: false, latencyMs: null, detail: 'The catalog does not answer.' },
  processes: [],
  regions: [],
  audit: { inboxCount: 0, oldestInboxAgeMs: null, lastSeq: null },
  clockSkew: [],
} satisfies Partial<ConsoleStatus>

type Health = Pick<ConsoleStatus, 'processes' | 'regions' | 'audit' | 'clockSkew'>

async function readHealth(ctx: Ctx, now: Date): Promise<Health> {
  const [world, processes, [audit]] = await Promise.all([
    loadWorld(ctx.db, now),
    ctx.db.processHeartbeat.findMany({ orderBy: [{ kind: 'asc' }, { startedAt: 'asc' }], take: PROCESSES_MAX }),
    ctx.db.$queryRaw<{ inboxCount: number; oldestInsertedAt: Date | null; lastSeq: bigint | null }[]>`
      SELECT (SELECT count(*)::int FROM audit_inbox) AS "inboxCount", (SELECT min(inserted_at) FROM audit_inbox) AS "oldestInsertedAt",
             (SELECT max(seq) FROM audit_sequence) AS "lastSeq"`,
  ])
  const nowMs = now.getTime()
  const cells = world.cells.map((cell) => viewCell(world, cell))
  return {
    processes: processes.map((process) => ({
      id: process.id,
      kind: process.kind,
      region: process.regionCode,
      build: process.build,
      startedAt: process.startedAt.toISOString(),
      status: decideProcessStatus(process.heartbeatAt, process.detail, nowMs),
      seen: {
        observedAt: process.heartbeatAt.toISOString(),
        vantage: process.regionCode,
        intervalMs: PROCESS_INTERVAL_MS,
      },
    })),
    regions: world.regions.map((region) => {
      const { code, status, says, seen } = viewRegion(world, region, cells).view
      return { code, status, says, seen }
    }),
    audit: {
      inboxCount: audit?.inboxCount ?? 0,
      oldestInboxAgeMs: audit?.oldestInsertedAt ? nowMs - audit.oldestInsertedAt.getTime() : null,
      lastSeq: audit?.lastSeq?.toString() ?? null,
    },
    clockSkew: cells.flatMap((cell) =>
      cell.members.map(({ id, clockSkewMs, seen }) => ({
        member: id,
        skewMs: isFresh(seen.observedAt === null ? null : new Date(seen.observedAt), nowMs, MEMBER_INTERVAL_MS)
          ? clockSkewMs
          : null,
        seen,
      })),
    ),
  }
}

const PROCESSES_MAX = 100

/** A process that says that one of its parts fails is degraded; one that says nothing any more is unknown. */
function decideProcessStatus(heartbeatAt: Date, detail: unknown, nowMs: number): Health['processes'][number]['status'] {
  if (isAbandoned(heartbeatAt, nowMs, PROCESS_INTERVAL_MS) || !isFresh(heartbeatAt, nowMs, PROCESS_INTERVAL_MS))
    return 'unknown'
  return typeof detail === 'object' &&
    detail !== null &&
    'failing' in detail &&
    Array.isArray(detail.failing) &&
    detail.failing.length > 0
    ? 'warn'
    : 'ok'
}
