export { ANNOUNCEMENT_CHANNEL, type Announcement, announce } from './announce'
export { type Actor, AUDIT_BODY_VERSION, type AuditEntry, appendAudit, PLATFORM_TENANT_ID } from './append-audit'
export { createDb, type Db, Prisma, type Tx } from './client'
export { sqlstateOf, transact } from './transact'
