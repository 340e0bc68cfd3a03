import { formatMs } from '@/model/format'
import { sayAfterColon } from '@/model/probe-words'
import type { SettingsReport } from '@/server/engines/contract'
import type { Found } from './found'
import { BACKUP_AGE_MS_MAX } from './limits'

/** Pure. The engine tells what it archived; where nothing is archived there is no backup that anybody knows of. */
export function judgeBackup(report: SettingsReport | undefined, writer: string | null, nowMs: number): Found {
  if (!writer) return { outcome: 'unknown', says: 'The catalog names no writer for this cell.' }
  if (!report) return { outcome: 'unknown', says: `${writer} was not asked what it archives.` }
  if (!report.reachable)
    return { outcome: 'unknown', says: `${writer} was not asked what it archives: ${sayAfterColon(report.detail)}` }
  if (!report.archive)
    return { outcome: 'not-configured', says: `No backup is configured: ${writer} archives nothing.` }
  const { lastArchivedAt, lastFailedAt } = report.archive
  if (!lastArchivedAt) return { outcome: 'failed', says: `${writer} is to archive its log and has not yet.` }
  const says = `${writer} last archived its log ${formatMs(Math.max(0, nowMs - lastArchivedAt.getTime()))} ago`
  if (lastFailedAt && lastFailedAt > lastArchivedAt)
    return { outcome: 'failed', says: `${says}, and has failed to since.` }
  if (nowMs - lastArchivedAt.getTime() > BACKUP_AGE_MS_MAX)
    return { outcome: 'failed', says: `${says}; at most ${formatMs(BACKUP_AGE_MS_MAX)} may pass.` }
  return { outcome: 'passed', says: `${says}. When the last full copy was made is not told by the server.` }
}
