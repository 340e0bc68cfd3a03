import type { Json } from '@/model/canonical-json'
import type { Db } from '@/server/db'

export type ProcessRecord = {
  id: string
  kind: 'web' | 'worker' | 'sample-app' | 'host-agent'
  regionCode: string
  build: string
  startedAt: Date
  heartbeatAt: Date
  detail?: { readonly [key: string]: Json }
}

/** Says that a process is alive. Call it every PROCESS_INTERVAL_MS; one that stops is shown as stale, then unknown. */
export async function recordProcess(db: Db, record: ProcessRecord): Promise<void> {
  const detail = JSON.stringify(record.detail ?? {})
  await db.$executeRaw`
    INSERT INTO process_heartbeat (id, kind, region_code, build, started_at, heartbeat_at, detail)
    VALUES (${record.id}, ${record.kind}, ${record.regionCode}, ${record.build}, ${record.startedAt}, ${record.heartbeatAt}, ${detail}::jsonb)
    ON CONFLICT (id) DO UPDATE SET heartbeat_at = EXCLUDED.heartbeat_at, detail = EXCLUDED.detail`
}
