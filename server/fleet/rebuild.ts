import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { writeKeptFile } from '@/server/kept-file'
import { copyStandby } from './base-backup'
import { RebuildReceipt } from './contract'
import { FleetError } from './fleet-error'
import { readJsonFile } from './json-files'
import type { Member } from './member'
import { stopPostmaster } from './postmaster'
import { withServer } from './sql'
import { until } from './waiting'

const ASK_TIMEOUT_MS = 5_000
const STREAMING_TIMEOUT_MS = 20_000
const STREAMING_POLL_MS = 25
const RECEIPTS_KEPT_MAX = 50

const Receipts = z.object({ version: z.literal(1), receipts: z.array(RebuildReceipt) })

/**
 * Makes a member a fresh standby of another: what it held is gone, whatever it was. The receipt is written when the member
 * streams; a repeat under the same operation id answers it without touching anything, an interrupted run starts over.
 */
export async function rebuildStandby(
  member: Member,
  source: Member,
  run: { operationId: string; relayPort: number; receiptsPath: string },
  signal: AbortSignal,
): Promise<RebuildReceipt> {
  const kept = (await readJsonFile(run.receiptsPath, Receipts))?.receipts ?? []
  const finished = kept.find((receipt) => receipt.operationId === run.operationId)
  if (finished) return finished
  const startedAtMs = performance.now()
  await expectPrimary(source)
  signal.throwIfAborted()
  await stopPostmaster(member.seat.dir)
  const conninfo = member.conninfoTo(run.relayPort)
  const backup = await copyStandby({ adminDsn: source.superuserDsn(), dir: source.seat.dir }, member.seat, conninfo)
  signal.throwIfAborted()
  await member.liftLockout()
  const pid = await member.startNow(signal)
  await waitUntilStreaming(member)
  const receipt: RebuildReceipt = {
    member: member.name,
    action: 'rebuild',
    operationId: run.operationId,
    source: source.name,
    pid,
    at: new Date().toISOString(),
    ...backup,
    durationMs: Math.round(performance.now() - startedAtMs),
  }
  await mkdir(dirname(run.receiptsPath), { recursive: true })
  await writeKeptFile(run.receiptsPath, { version: 1, receipts: [...kept, receipt].slice(-RECEIPTS_KEPT_MAX) })
  return receipt
}

/** Resolves when the member receives from its primary; throws `deadline`. */
export async function waitUntilStreaming(member: Member): Promise<void> {
  const limits = { timeoutMs: STREAMING_TIMEOUT_MS, everyMs: STREAMING_POLL_MS }
  await withServer(member.superuserDsn(), STREAMING_TIMEOUT_MS, (client) =>
    until(`${member.name} to stream from its primary`, limits, async () => {
      const { rows } = await client.query<{ status: string }>('SELECT status FROM pg_stat_wal_receiver')
      return rows[0]?.status === 'streaming' ? true : null
    }),
  )
}

/** The timeline a primary writes; null when the server does not answer or is a standby. */
export async function findTimelineOfPrimary(member: Member): Promise<number | null> {
  const sql = `SELECT CASE WHEN pg_is_in_recovery() THEN NULL
                 ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int END AS timeline`
  return withServer(member.superuserDsn(), ASK_TIMEOUT_MS, async (client) => {
    const { rows } = await client.query<{ timeline: number | null }>(sql)
    return rows[0]!.timeline
  }).catch(() => null)
}

async function expectPrimary(source: Member): Promise<void> {
  if ((await findTimelineOfPrimary(source)) !== null) return
  throw new FleetError(
    'conflict',
    `${source.name} is not a primary that answers now, so nothing can be copied from it.`,
  )
}
