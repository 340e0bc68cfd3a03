import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Client } from 'pg'
import { startServer } from '@/server/fleet/testing'
import { installGate, openGate, protectTable, setTenantGate } from '@/server/gate'
import type { BenchOptions, BenchResult } from './bench'

export const name = 'gate'
export const description =
  'single-row insert transactions into a table behind the gate, beside the same table without it, on one server in turn'

const CLIENTS = 8
const TENANTS = 200
// Many short rounds, since what shares the machine drifts: the two halves of a round lie within a second.
const ROUNDS = 64
const ROUND_MS = 500
const WARM_UP_MS = 2_000
const PROGRESS_ROUNDS = 8
const BULK_ROWS = 20_000
const BULK_ROUNDS = 5
const RATIO_MIN = 0.9
const EPOCH = 41
const REGION_EPOCH = 3

type Side = 'gated' | 'ungated'
type Round = { tps: number; serverCpuUsPerTransaction: number | null }

export async function run({ rounds, dataDir, progress }: BenchOptions): Promise<BenchResult> {
  if (dataDir)
    progress('This bench fills tables with rows, so it uses a server of its own and leaves the estate alone.')
  const server = await startServer({ settings: { shared_buffers: '128MB', max_wal_size: '4GB' } })
  const admin = await connectTo(server.adminDsn)
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => connectTo(server.appDsn)))
  try {
    const tenantIds = await prepare(admin)
    const pids = await Promise.all(clients.map(backendPid))
    const load = (side: Side, ms: number) => measure(clients, pids, side, tenantIds, ms)
    for (const side of ['ungated', 'gated'] as const) await load(side, WARM_UP_MS)

    const pairs: Record<Side, Round>[] = []
    for (let round = 0; round < (rounds ?? ROUNDS); round += 1) {
      // Who goes first changes every round, so that a drift of the machine favours neither.
      const first: Side = round % 2 === 0 ? 'ungated' : 'gated'
      const second: Side = first === 'gated' ? 'ungated' : 'gated'
      const measured = { [first]: await load(first, ROUND_MS), [second]: await load(second, ROUND_MS) } as Record<
        Side,
        Round
      >
      pairs.push(measured)
      const { gated, ungated } = measured
      if (round % PROGRESS_ROUNDS === 0)
        progress(
          `round ${round + 1}: ungated ${ungated.tps.toFixed(0)}/s, gated ${gated.tps.toFixed(0)}/s, ratio ${(gated.tps / ungated.tps).toFixed(3)}`,
        )
    }
    const bulk = await measureBulk(admin, tenantIds[0]!)
    return judge(pairs, bulk)
  } finally {
    await Promise.all([admin, ...clients].map((client) => client.end()))
    await server.stop()
  }
}

/** The ratio is the median over rounds, each of which compares neighbours in time; its quartiles say how much to trust it. */
function judge(pairs: readonly Record<Side, Round>[], bulk: Record<Side, number>): BenchResult {
  const ratios = pairs.map(({ gated, ungated }) => gated.tps / ungated.tps)
  const figuresOf = (side: Side) => ({
    tps: Math.round(median(pairs.map((pair) => pair[side].tps))),
    tpsMin: Math.round(Math.min(...pairs.map((pair) => pair[side].tps))),
    tpsMax: Math.round(Math.max(...pairs.map((pair) => pair[side].tps))),
    serverCpuUsPerTransaction: medianOrNull(pairs.map((pair) => pair[side].serverCpuUsPerTransaction)),
    bulkRowsPerSecond: Math.round(bulk[side]),
  })
  const figures = figuresOf('gated')
  const peer = figuresOf('ungated')
  const ratio = median(ratios)
  return {
    ok: ratio >= RATIO_MIN,
    figures,
    peer,
    ratio,
    goal: { ratioMin: RATIO_MIN },
    ratioQuartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    ratioOfMedians: figures.tps / peer.tps,
    bulkRatio: bulk.gated / bulk.ungated,
    rounds: pairs.length,
    clients: CLIENTS,
    tenants: TENANTS,
  }
}

async function prepare(admin: Client): Promise<string[]> {
  for (const side of ['ungated', 'gated'] as const) {
    await admin.query(`CREATE TABLE ${side} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant_id uuid NOT NULL, body text NOT NULL);
      GRANT SELECT, INSERT ON ${side} TO app`)
  }
  const scope = 'cell:dub'
  await installGate(admin, { scope, grantees: ['app'] })
  await openGate(admin, { scope, region: 'eu-west-1', epoch: EPOCH, operationId: randomUUID(), lockTimeoutMs: 1_000 })
  await protectTable(admin, 'public.gated')
  const tenantIds = Array.from({ length: TENANTS }, () => randomUUID())
  for (const tenantId of tenantIds) {
    await setTenantGate(admin, { tenantId, regionEpoch: REGION_EPOCH, status: 'ACTIVE', lockTimeoutMs: 1_000 })
  }
  await admin.query('ANALYZE homeport.tenant_gate')
  return tenantIds
}

/** Both sides send the very same text but for the table, so that only the gate differs. One string is one round trip. */
async function measure(
  clients: readonly Client[],
  pids: readonly number[],
  side: Side,
  tenantIds: readonly string[],
  ms: number,
): Promise<Round> {
  const cpuBefore = await cpuUs(pids)
  const startedAt = performance.now()
  const counts = await Promise.all(
    clients.map(async (client, index) => {
      let count = 0
      for (let tenant = index * 7; performance.now() - startedAt < ms; tenant += 1) {
        await client.query(`BEGIN; SET LOCAL homeport.scope_epoch = '${EPOCH}'; SET LOCAL homeport.region_epoch = '${REGION_EPOCH}';
          INSERT INTO ${side} (tenant_id, body) VALUES ('${tenantIds[tenant % TENANTS]}', 'a body of about forty bytes, more or less'); COMMIT`)
        count += 1
      }
      return count
    }),
  )
  const transactions = counts.reduce((sum, count) => sum + count, 0)
  const tookMs = performance.now() - startedAt
  const cpuAfter = await cpuUs(pids)
  return {
    tps: (transactions / tookMs) * 1_000,
    serverCpuUsPerTransaction: cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / transactions,
  }
}

/** Rows per second of one INSERT … SELECT: the gate is asked per row, so a bulk load shows its bare cost. */
async function measureBulk(admin: Client, tenantId: string): Promise<Record<Side, number>> {
  const rates: Record<Side, number[]> = { gated: [], ungated: [] }
  for (let round = 0; round < BULK_ROUNDS; round += 1) {
    for (const side of ['ungated', 'gated'] as const) {
      const startedAt = performance.now()
      await admin.query(`BEGIN; SET LOCAL homeport.scope_epoch = '${EPOCH}'; SET LOCAL homeport.region_epoch = '${REGION_EPOCH}';
        INSERT INTO ${side} (tenant_id, body) SELECT '${tenantId}', 'a body of about forty bytes, more or less' FROM generate_series(1, ${BULK_ROWS}); COMMIT`)
      rates[side].push((BULK_ROWS / (performance.now() - startedAt)) * 1_000)
    }
  }
  return { gated: median(rates.gated), ungated: median(rates.ungated) }
}

const CLOCK_TICK_US = 10_000

/** User and system time of the servers' processes so far; null where /proc does not say. Less noisy than the clock on a shared machine. */
async function cpuUs(pids: readonly number[]): Promise<number | null> {
  let ticks = 0
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
    if (stat === null) return null
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ') // the name may hold spaces; field 3 follows it
    ticks += Number(fields[11]) + Number(fields[12])
  }
  return ticks * CLOCK_TICK_US
}

async function backendPid(client: Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  return rows[0]!.pid
}

async function connectTo(dsn: string): Promise<Client> {
  const client = new Client({ connectionString: dsn, connectionTimeoutMillis: 10_000, query_timeout: 60_000 })
  await client.connect()
  return client
}

function medianOrNull(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === values.length ? Math.round(median(known) * 10) / 10 : null
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

function quantile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const position = (sorted.length - 1) * at
  const low = sorted[Math.floor(position)]!
  const high = sorted[Math.ceil(position)]!
  return low + (high - low) * (position - Math.floor(position))
}
