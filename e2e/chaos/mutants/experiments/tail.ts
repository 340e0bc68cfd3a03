import { randomUUID } from 'node:crypto'
import { createPostgresAdapter } from '@/server/engines/postgres'
import { asAdmin, startGatedCell } from '@/server/engines/postgres/testing'
import type { Planting } from '../plant-sql'

const CALL_MS = 30_000
const FENCE_EPOCH = 2n
const ROWS = 20
const FOLLOW_MS_MAX = 20_000

/** A primary that inserts, changes and deletes rows while nobody listens: the ledger must name every one of them. */
export async function tailExperiment(planting: Planting): Promise<string[]> {
  const cell = await startGatedCell()
  const engine = createPostgresAdapter()
  if (!engine.failover.supported) throw new Error(engine.failover.reason)
  const ops = engine.failover
  const call = () => ({ timeoutMs: CALL_MS, signal: new AbortController().signal })
  const { primary, standby, scope } = cell
  const dsn = cell.fleet.primary.adminDsn
  const write = (text: string) => asAdmin(dsn, `SET homeport.scope_epoch = '1'; ${text}`)
  try {
    await planting.gate(dsn)
    await asAdmin(
      dsn,
      `CREATE TABLE public.thing (id int PRIMARY KEY, note text); SELECT homeport.protect('public.thing', NULL)`,
    )
    await write(`INSERT INTO public.thing SELECT n, 'first' FROM generate_series(1, ${ROWS}) n`)
    await followed(dsn, cell.fleet.standbys[0]!.adminDsn)
    const report = await engine.observe(primary.near, scope, call())
    if (!report.reachable) throw new Error(report.detail)
    cell.blackHoleReplication()
    await write(`INSERT INTO public.thing VALUES (${ROWS + 1}, 'lost')`)
    await write(`UPDATE public.thing SET note = 'lost' WHERE id = 2`)
    await write('DELETE FROM public.thing WHERE id = 3')
    const operationId = randomUUID()
    const { systemIdentifier, timeline } = report
    const drained = await ops.drain(standby.near, { systemIdentifier, timeline }, call())
    const stamp = { scope, operationId, leaseEpoch: 1n, epoch: FENCE_EPOCH }
    await ops.fence(primary.near, stamp, call())
    const receipt = {
      id: randomUUID(),
      strength: 'DECLARED' as const,
      memberId: primary.name,
      timeline: null,
      lsn: null,
    }
    await ops.promote(standby.near, { ...receipt, operationId, epoch: FENCE_EPOCH, systemIdentifier }, call())
    await ops.openGate(standby.near, { ...stamp, region: standby.near.region }, call())
    await ops.undrain(standby.near, call())
    const told: string[] = []
    const divergence = { operationId, snapshot: drained.snapshot, lsn: drained.lsn }
    for await (const { table, key, change } of ops.readTail(primary.near, standby.near, divergence, call()))
      if (table.endsWith('thing')) told.push(`${change} ${(JSON.parse(key) as { id: number }).id}`)
    const wanted = [`insert ${ROWS + 1}`, 'update 2', 'delete 3']
    const missing = wanted.filter((row) => !told.includes(row))
    const extra = told.filter((row) => !wanted.includes(row))
    return [
      ...missing.map((row) => `I3: ${row} was lost and is not in the ledger.`),
      ...extra.map((row) => `I3: ${row} is in the ledger and was not lost.`),
    ]
  } finally {
    await engine.close()
    await cell.stop()
  }
}

async function followed(primaryDsn: string, standbyDsn: string): Promise<void> {
  const [row] = await asAdmin<{ lsn: string }>(primaryDsn, 'SELECT pg_current_wal_flush_lsn()::text AS lsn')
  const giveUpAtMs = performance.now() + FOLLOW_MS_MAX
  const isThere = () => asAdmin(standbyDsn, `SELECT 1 WHERE pg_last_wal_replay_lsn() >= '${row!.lsn}'::pg_lsn`)
  while ((await isThere()).length === 0)
    if (performance.now() > giveUpAtMs) throw new Error('The standby does not follow.')
}
