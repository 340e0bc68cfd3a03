import { z } from 'zod'
import type { CallOptions, Endpoint, SettingsReport } from '@/server/engines/contract'
import { failureOf, sentence } from './failures'
import { HAS_GATE_SQL } from './gate-sql'
import type { KeptSessions } from './kept-sessions'

/** A standby with less of the first six stops replaying or refuses clients; the others change what a client meets after a move. */
const COMPARED = [
  'max_connections',
  'max_worker_processes',
  'max_wal_senders',
  'max_prepared_transactions',
  'max_locks_per_transaction',
  'wal_level',
  'max_replication_slots',
  'shared_preload_libraries',
  'track_commit_timestamp',
  'data_checksums',
  'default_transaction_isolation',
  'password_encryption',
  'server_encoding',
  'server_version_num',
  'TimeZone',
] as const

const InstantMs = z.number().min(-8.64e15).max(8.64e15)

/** Parsed, because whoever answers on a member's port is not trusted to be that member. */
const Settings = z.object({
  values: z.record(z.string().max(100), z.string().max(1_000)),
  isArchiving: z.boolean(),
  lastArchivedMs: InstantMs.nullable(),
  lastFailedMs: InstantMs.nullable(),
})

/** The server's own defaults, not those of this session: a client sets what it likes. */
const SETTINGS_SQL = `
SELECT json_build_object(
  'values', (SELECT json_object_agg(name, reset_val) FROM pg_settings WHERE name = ANY ('{${COMPARED.join(',')}}')),
  'isArchiving', current_setting('archive_mode') <> 'off',
  'lastArchivedMs', (SELECT extract(epoch from last_archived_time) * 1000 FROM pg_stat_archiver),
  'lastFailedMs', (SELECT extract(epoch from last_failed_time) * 1000 FROM pg_stat_archiver))::text AS settings,
  ${HAS_GATE_SQL} AS has_gate`

const PACKAGE_SQL =
  'SELECT max(version)::text AS version, (array_agg(source_hash ORDER BY version DESC))[1] AS hash FROM homeport.package_version'

/** Two short reads on a kept connection. Never throws: a server that does not answer is a result. */
export async function readSettings(
  sessions: KeptSessions,
  target: Endpoint,
  call: CallOptions,
): Promise<SettingsReport> {
  try {
    return await sessions.look(target, 'admin', call, async (session, left) => {
      const [row] = await session.run({ text: SETTINGS_SQL, name: 'homeport-settings' }, left)
      const parsed = Settings.safeParse(JSON.parse(row?.settings ?? 'null'))
      if (!parsed.success)
        return { reachable: false, detail: 'The server answered with something that is no settings.' }
      const { values, isArchiving, lastArchivedMs, lastFailedMs } = parsed.data
      const [gate] = row?.has_gate === 't' ? await session.run({ text: PACKAGE_SQL }, left) : []
      const gatePackage = gate ? `${gate.version} (${gate.hash?.slice(0, 8)})` : 'none'
      return {
        reachable: true,
        values: { ...values, homeport_package: gatePackage },
        archive: isArchiving ? { lastArchivedAt: dateOf(lastArchivedMs), lastFailedAt: dateOf(lastFailedMs) } : null,
      }
    })
  } catch (error) {
    return { reachable: false, detail: sentence(failureOf(error, true)) }
  }
}

function dateOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}
