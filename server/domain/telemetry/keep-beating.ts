import type { Db } from '@/server/db'
import { log } from '@/server/log'
import { PROCESS_INTERVAL_MS } from './intervals'
import { type ProcessRecord, recordProcess } from './record-process'

/**
 * Says every PROCESS_INTERVAL_MS that this process is alive, for processes that run no collectors. A beat that cannot be
 * written is simply missing, which is what the reader of a heartbeat goes by. Returns how to stop.
 */
export function keepBeating(db: Db, process: Omit<ProcessRecord, 'heartbeatAt'>, now: () => Date): () => void {
  let isWriting = false
  const beat = async () => {
    if (isWriting) return
    isWriting = true
    await recordProcess(db, { ...process, heartbeatAt: now() }).catch((error: unknown) =>
      log.debug({ err: error }, 'a heartbeat was not written'),
    )
    isWriting = false
  }
  const timer = setInterval(() => void beat(), PROCESS_INTERVAL_MS)
  timer.unref()
  void beat()
  return () => clearInterval(timer)
}
