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
// Many short rounds, since what shares the machine drifts: what a round compares lies within a second.
const ROUNDS = 64
const ROUND_MS = 500
const WARM_UP_MS = 2_000
const PROGRESS_ROUNDS = 8
const LEASED_ROUNDS = 8
const BULK_ROWS = 20_000
const BULK_ROUNDS = 5
const RATIO_MIN = 0.9
const EPOCH = 41
const REGION_EPOCH = 3

type Side = 'gated' | 'ungated'
type Round = { tps: number; serverCpuUsPerTransaction: number | null; clientCpuUsPerTransaction: number }
type Pair = Record<Side, Round>

/**
 * The same transaction as pgbench would send it, each statement on its way and back before the next, and with all five packed
 * into one string, which no driver does by itself: the least that a transaction can cost beside which the gate is measured.
 * The goal is for the first; the second is the worst case.
 */
const forms = {
  pgbenchLike: async (client: Client, statements: readonly string[]) => {
    for (const statement of statements) await client.query(statement)
  },
  packed: async (client: Client, statements: readonly string[]) => {
    await client.query(statements.join('; '))
  },
} as const
type Form = keyof typeof forms
const formNames = Object.keys(forms) as Form[]

export async function run({ rounds, dataDir, progress }: BenchOptions): Promise<BenchResult> {
  if (dataDir)
    progress('This bench fills tables with rows, so it uses a server of its own and leaves the estate alone.')
  const server = await startServer({ settings: { shared_buffers: '128MB', max_wal_size: '4GB' } })
  const admin = await connectTo(server.adminDsn)
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => connectTo(server.appDsn)))
  try {
    const tenantIds = await prepare(admin)
    const load = { clients, pids: await Promise.all(clients.map(backendPid)), tenantIds }
    for (const form of formNames)
      for (const side of ['ungated', 'gated'] as const) await measure(load, form, side, WARM_UP_MS)

    const pairs = await measurePairs(load, rounds ?? ROUNDS, progress)
    const bulk = await measureBulk(admin, tenantIds[0]!)
    await admin.query(`UPDATE homeport.write_gate SET lease_until = clock_timestamp() + interval '1 hour'`)
    progress('The same under a write lease.')
    const leased = await measurePairs(load, Math.min(rounds ?? LEASED_ROUNDS, LEASED_ROUNDS), progress)
    return judge(pairs, leased, bulk)
  } finally {
    await Promise.all([admin, ...clients].map((client) => client.end()))
    await server.stop()
  }
}

async function measurePairs(
  load: Load,
  rounds: number,
  progress: (line: string) => void,
): Promise<Record<Form, Pair[]>> {
  const pairs: Record<Form, Pair[]> = { pgbenchLike: [], packed: [] }
  for (let round = 0; round < rounds; round += 1) {
    for (const form of formNames) {
      // Who goes first changes every round, so that a drift of the machine favours neither.
      const first: Side = round % 2 === 0 ? 'ungated' : 'gated'
      const second: Side = first === 'gated' ? 'ungated' : 'gated'
      const one = await measure(load, form, first, ROUND_MS)
      const other = await measure(load, form, second, ROUND_MS)
      const pair = first === 'gated' ? { gated: one, ungated: other } : { gated: other, ungated: one }
      pairs[form].push(pair)
      if (round % PROGRESS_ROUNDS === 0)
        progress(
          `round ${round + 1}, ${form}: ungated ${pair.ungated.tps.toFixed(0)}/s, gated ${pair.gated.tps.toFixed(0)}/s, ratio ${(pair.gated.tps / pair.ungated.tps).toFixed(3)}`,
        )
    }
  }
  return pairs
}

/** The ratios are medians over rounds, each of which compares neighbours in time; their quartiles say how much to trust them. */
function judge(pairs: Record<Form, Pair[]>, leased: Record<Form, Pair[]>, bulk: Record<Side, number>): BenchResult {
  const { pgbenchLike, packed } = { pgbenchLike: summarise(pairs.pgbenchLike), packed: summarise(pairs.packed) }
  return {
    ok: pgbenchLike.ratio >= RATIO_MIN,
    figures: { ...pgbenchLike.gated, bulkRowsPerSecond: Math.round(bulk.gated) },
    peer: { ...pgbenchLike.ungated, bulkRowsPerSecond: Math.round(bulk.ungated) },
    ratio: pgbenchLike.ratio,
    goal: { ratioMin: RATIO_MIN },
    ratioQuartiles: pgbenchLike.ratioQuartiles,
    serverCpuRatio: pgbenchLike.serverCpuRatio,
    cpuRatio: pgbenchLike.cpuRatio,
    packed,
    leased: { pgbenchLike: summarise(leased.pgbenchLike), packed: summarise(leased.packed) },
    bulkRatio: bulk.gated / bulk.ungated,
    rounds: pairs.packed.length,
    clients: CLIENTS,
    tenants: TENANTS,
  }
}

function summarise(pairs: readonly Pair[]) {
  const ratios = pairs.map(({ gated, ungated }) => gated.tps / ungated.tps)
  const figuresOf = (side: Side) => ({
    tps: Math.round(median(pairs.map((pair) => pair[side].tps))),
    tpsMin: Math.round(Math.min(...pairs.map((pair) => pair[side].tps))),
    tpsMax: Math.round(Math.max(...pairs.map((pair) => pair[side].tps))),
    serverCpuUsPerTransaction: medianOrNull(pairs.map((pair) => pair[side].serverCpuUsPerTransaction)),
    clientCpuUsPerTransaction: medianOrNull(pairs.map((pair) => pair[side].clientCpuUsPerTransaction)),
  })
  const [gated, ungated] = [figuresOf('gated'), figuresOf('ungated')]
  return {
    ratio: median(ratios),
    ratioQuartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    serverCpuRatio: costRatio(ungated.serverCpuUsPerTransaction, gated.serverCpuUsPerTransaction),
    // What client and servers spend together: the ratio of the rates when these are all that the machine has to do, free of
    // the noise that others make on it.
    cpuRatio: costRatio(cpuOf(ungated), cpuOf(gated)),
    gated,
    ungated,
  }
}

type Cpu = { serverCpuUsPerTransaction: number | null; clientCpuUsPerTransaction: number | null }

function cpuOf({ serverCpuUsPerTransaction, clientCpuUsPerTransaction }: Cpu): number | null {
  if (serverCpuUsPerTransaction === null || clientCpuUsPerTransaction === null) return null
  return serverCpuUsPerTransaction + clientCpuUsPerTransaction
}

function costRatio(ungatedUs: number | null, gatedUs: number | null): number | null {
  return ungatedUs === null || gatedUs === null ? null : ungatedUs / gatedUs
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

type Load = { clients: readonly Client[]; pids: readonly number[]; tenantIds: readonly string[] }

/** Both sides send the very same text but for the table, so that only the gate differs. */
async function measure({ clients, pids, tenantIds }: Load, form: Form, side: Side, ms: number): Promise<Round> {
  const send = forms[form]
  const cpuBefore = await cpuUs(pids)
  const clientBefore = process.cpuUsage()
  const startedAt = performance.now()
  const counts = await Promise.all(
    clients.map(async (client, index) => {
      let count = 0
      for (let tenant = index * 7; performance.now() - startedAt < ms; tenant += 1) {
        await send(client, [
          'BEGIN',
          `SET LOCAL homeport.scope_epoch = '${EPOCH}'`,
          `SET LOCAL homeport.region_epoch = '${REGION_EPOCH}'`,
          `INSERT INTO ${side} (tenant_id, body) VALUES ('${tenantIds[tenant % TENANTS]}', 'a body of about forty bytes, more or less')`,
          'COMMIT',
        ])
        count += 1
      }
      return count
    }),
  )
  const transactions = counts.reduce((sum, count) => sum + count, 0)
  const tookMs = performance.now() - startedAt
  const client = process.cpuUsage(clientBefore)
  const cpuAfter = await cpuUs(pids)
  return {
    tps: (transactions / tookMs) * 1_000,
    serverCpuUsPerTransaction: cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / transactions,
    clientCpuUsPerTransaction: (client.user + client.system) / transactions,
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

const NS_PER_US = 1_000

/** Time that the servers' processes have spent on a processor so far; null where /proc does not say. Less noisy than the clock on a shared machine. */
async function cpuUs(pids: readonly number[]): Promise<number | null> {
  let ns = 0
  for (const pid of pids) {
    const [spentNs] = (await readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => '')).split(' ')
    if (!spentNs) return null
    ns += Number(spentNs)
  }
  return ns / NS_PER_US
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
