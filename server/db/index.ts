export { ANNOUNCEMENT_CHANNEL, type Announcement, announce, announcementText } from './announce'
export {
  type Actor,
  type AuditEntry,
  appendAudit,
  appendAudits,
  PLATFORM_TENANT_ID,
  scopeAggregateId,
} from './append-audit'
export { catalogNow } from './catalog-now'
export { createDb, type Db, Prisma, type Tx } from './client'
export { type HeldLease, holdLease, releaseLease } from './lease'
export { createLiveFeed, type LiveFeed, type LiveTopic, type TrackedLive } from './live'
export { type Readiness, readReadiness } from './readiness'
export { transact } from './transact'
export { isUnreachable } from './unreachable'
