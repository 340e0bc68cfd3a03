import { createHash } from 'node:crypto'
import { DomainError } from '@/model/errors'
import { findRegion, referenceRttMs } from '@/model/regions'
import { type Actor, announce, appendAudit, type Db, type Tx, transact } from '@/server/db'
import { type EstateSpec, type EstateSpecInput, EstateSpec as EstateSpecSchema, firstRegionOf } from './estate-spec'

export type AppliedEstate = { changedCount: number; says: string }

const UNDECLARED_NAMED_MAX = 5
/** A budget is the reference with room for jitter and for the work of a read. */
const BUDGET_FACTOR = 1.15
const BUDGET_SLACK_MS = 2

/**
 * Makes the catalog say what the estate declares; applying the same estate again changes nothing and writes no event. It
 * adds and updates and never removes: a server that is gone from the file may still hold data. An epoch that exists is
 * never touched, nor is a tenant's home once it has moved. Throws invalid-input with every contradiction found.
 */
export async function applyEstate(
  db: Db,
  input: EstateSpecInput,
  { actor, now, servedFrom }: { actor: Actor; now: Date; servedFrom: string },
): Promise<AppliedEstate> {
  const parsed = EstateSpecSchema.safeParse(input)
  if (!parsed.success)
    throw new DomainError('invalid-input', `The estate cannot be applied. ${sayIssues(parsed.error.issues)}`)
  const estate = parsed.data
  return transact(db, async (tx) => {
    // Two appliers at once would each see half of the other's rows; the one transaction lock ends with the transaction.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('homeport.estate'))`
    const changes: [what: string, count: number][] = [
      ['region', await applyRegions(tx, estate)],
      ['link budget', await applyBudgets(tx, estate)],
      ['cell', await applyCells(tx, estate)],
      ['member', await applyMembers(tx, estate)],
      ['path', await applyPaths(tx, estate)],
      ['write epoch', await applyEpochs(tx, estate, now)],
      ['policy', await applyPolicies(tx, estate)],
      ['tenant', await applyTenants(tx, estate, now)],
    ]
    const changed = changes.filter(([, count]) => count > 0)
    const says = changed.map(([what, count]) => `${count} × ${what}`).join(', ')
    if (changed.length === 0) return { changedCount: 0, says: 'Nothing to change.' }
    await appendAudit(tx, {
      actor,
      action: 'estate.applied',
      aggregateType: 'estate',
      aggregateId: ESTATE_ID,
      homeRegion: servedFrom,
      occurredAt: now,
      detail: { says, changes: Object.fromEntries(changed), specHash: hashOf(estate) },
    })
    await announce(tx, { topic: 'estate', ids: [] })
    await announce(tx, { topic: 'routes', ids: [] })
    return { changedCount: changed.reduce((sum, [, count]) => sum + count, 0), says }
  })
}

/** There is one estate; audit events about it share this id. */
const ESTATE_ID = '00000000-0000-8000-8000-000000000001'

function sayIssues(issues: readonly { path: readonly PropertyKey[]; message: string }[]): string {
  const told = issues
    .slice(0, UNDECLARED_NAMED_MAX)
    .map(({ path, message }) => `${path.map(String).join('.')}: ${message}`)
  const untold = issues.length - told.length
  return [...told, ...(untold > 0 ? [`${untold} more.`] : [])].join(' ')
}

function hashOf(estate: EstateSpec): string {
  return createHash('sha256').update(JSON.stringify(estate)).digest('hex')
}

function regionsOf(estate: EstateSpec): string[] {
  const members = estate.cells.flatMap((cell) => cell.members)
  return [...new Set(members.flatMap((m) => [m.region, ...m.paths.map((path) => path.vantage)]))].sort()
}

async function applyRegions(tx: Tx, estate: EstateSpec): Promise<number> {
  const rows = regionsOf(estate).map(findRegion)
  return tx.$executeRaw`
    INSERT INTO region AS known (code, city, country, jurisdiction, in_eea, lat, lon)
    SELECT code, city, country, jurisdiction, "inEEA", lat, lon FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS declared (code text, city text, country text, jurisdiction text, "inEEA" boolean, lat float8, lon float8)
    ON CONFLICT (code) DO UPDATE SET city = EXCLUDED.city, country = EXCLUDED.country, jurisdiction = EXCLUDED.jurisdiction,
      in_eea = EXCLUDED.in_eea, lat = EXCLUDED.lat, lon = EXCLUDED.lon
    WHERE (known.city, known.country, known.jurisdiction, known.in_eea, known.lat, known.lon)
      IS DISTINCT FROM (EXCLUDED.city, EXCLUDED.country, EXCLUDED.jurisdiction, EXCLUDED.in_eea, EXCLUDED.lat, EXCLUDED.lon)`
}

async function applyBudgets(tx: Tx, estate: EstateSpec): Promise<number> {
  const codes = regionsOf(estate)
  const rows = codes.flatMap((from) =>
    codes.flatMap((to) => {
      const referenceMs = from === to ? null : referenceRttMs(from, to)
      if (referenceMs === null) return []
      const basis = `Published median round trip ${referenceMs} ms, plus 15 % and ${BUDGET_SLACK_MS} ms.`
      return [{ from, to, budgetMs: Math.round((referenceMs * BUDGET_FACTOR + BUDGET_SLACK_MS) * 10) / 10, basis }]
    }),
  )
  return tx.$executeRaw`
    INSERT INTO region_link AS known (from_region, to_region, budget_rtt_ms, basis)
    SELECT "from", "to", "budgetMs", basis FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS declared ("from" text, "to" text, "budgetMs" float8, basis text)
    ON CONFLICT (from_region, to_region) DO UPDATE SET budget_rtt_ms = EXCLUDED.budget_rtt_ms, basis = EXCLUDED.basis
    WHERE (known.budget_rtt_ms, known.basis) IS DISTINCT FROM (EXCLUDED.budget_rtt_ms, EXCLUDED.basis)`
}

async function applyCells(tx: Tx, estate: EstateSpec): Promise<number> {
  const rows = estate.cells.map((cell) => ({
    ...cell,
    scope: scopeOf(cell.id),
    adminUser: cell.admin.user,
    adminSecret: cell.admin.secret,
    appUser: cell.app.user,
    appSecret: cell.app.secret,
  }))
  return tx.$executeRaw`
    INSERT INTO cell AS known (id, name, scope, engine, database, admin_user, admin_secret_ref, app_user, app_secret_ref,
                               rpo_objective_ms, rto_objective_ms, lag_ms_max, write_lease_ms, fencing)
    SELECT id, name, scope, engine, database, "adminUser", "adminSecret", "appUser", "appSecret", "rpoObjectiveMs",
           "rtoObjectiveMs", "lagMsMax", "writeLeaseMs", fencing
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS declared (id text, name text, scope text, engine text, database text, "adminUser" text, "adminSecret" text,
                     "appUser" text, "appSecret" text, "rpoObjectiveMs" int, "rtoObjectiveMs" int, "lagMsMax" int, "writeLeaseMs" int,
                     fencing jsonb)
    ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, engine = EXCLUDED.engine, database = EXCLUDED.database,
      admin_user = EXCLUDED.admin_user, admin_secret_ref = EXCLUDED.admin_secret_ref, app_user = EXCLUDED.app_user,
      app_secret_ref = EXCLUDED.app_secret_ref, rpo_objective_ms = EXCLUDED.rpo_objective_ms,
      rto_objective_ms = EXCLUDED.rto_objective_ms, lag_ms_max = EXCLUDED.lag_ms_max, write_lease_ms = EXCLUDED.write_lease_ms,
      fencing = EXCLUDED.fencing
    WHERE (known.name, known.engine, known.database, known.admin_user, known.admin_secret_ref, known.app_user,
           known.app_secret_ref, known.rpo_objective_ms, known.rto_objective_ms, known.lag_ms_max, known.write_lease_ms, known.fencing)
      IS DISTINCT FROM (EXCLUDED.name, EXCLUDED.engine, EXCLUDED.database, EXCLUDED.admin_user, EXCLUDED.admin_secret_ref,
           EXCLUDED.app_user, EXCLUDED.app_secret_ref, EXCLUDED.rpo_objective_ms, EXCLUDED.rto_objective_ms, EXCLUDED.lag_ms_max,
           EXCLUDED.write_lease_ms, EXCLUDED.fencing)`
}

function scopeOf(cellId: string): string {
  return `cell:${cellId}`
}

/** A member may get a new address. It may not change its cell or its region: that would be another server. */
async function applyMembers(tx: Tx, estate: EstateSpec): Promise<number> {
  const rows = estate.cells.flatMap((cell) =>
    cell.members.map(({ paths: _, ...member }) => ({ ...member, cell: cell.id })),
  )
  const moved = await tx.$queryRaw<{ id: string }[]>`
    SELECT known.id FROM cell_member AS known JOIN jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS declared (id text, cell text, region text) USING (id)
     WHERE known.cell_id <> declared.cell OR known.region_code <> declared.region ORDER BY 1`
  if (moved[0])
    throw new DomainError(
      'invalid-input',
      `${moved[0].id} is declared in another cell or region than before. Give the new server a name of its own.`,
    )
  return tx.$executeRaw`
    INSERT INTO cell_member AS known (id, cell_id, region_code, host, port, writes_per_second_max)
    SELECT id, cell, region, host, port, "writesPerSecondMax" FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS declared (id text, cell text, region text, host text, port int, "writesPerSecondMax" int)
    ON CONFLICT (id) DO UPDATE SET host = EXCLUDED.host, port = EXCLUDED.port, writes_per_second_max = EXCLUDED.writes_per_second_max
    WHERE (known.host, known.port, known.writes_per_second_max)
      IS DISTINCT FROM (EXCLUDED.host, EXCLUDED.port, EXCLUDED.writes_per_second_max)`
}

async function applyPaths(tx: Tx, estate: EstateSpec): Promise<number> {
  const rows = estate.cells.flatMap((cell) =>
    cell.members.flatMap((m) => m.paths.map((path) => ({ ...path, member: m.id }))),
  )
  return tx.$executeRaw`
    INSERT INTO member_path AS known (vantage_region, member_id, host, port)
    SELECT vantage, member, host, port FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS declared (vantage text, member text, host text, port int)
    ON CONFLICT (vantage_region, member_id) DO UPDATE SET host = EXCLUDED.host, port = EXCLUDED.port
    WHERE (known.host, known.port) IS DISTINCT FROM (EXCLUDED.host, EXCLUDED.port)`
}

/** Only where there is none: from then on an epoch moves in operations and nowhere else. */
async function applyEpochs(tx: Tx, estate: EstateSpec, now: Date): Promise<number> {
  const rows = estate.cells.map((cell) => ({
    scope: scopeOf(cell.id),
    region: firstRegionOf(estate, cell.id),
    member: cell.firstPrimary,
  }))
  return tx.$executeRaw`
    INSERT INTO region_write_epoch (logical_scope, active_region, epoch, status, updated_at, active_member)
    SELECT scope, region, 1, 'WRITABLE', ${now}, member FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS declared (scope text, region text, member text)
    ON CONFLICT (logical_scope) DO NOTHING`
}

/** A policy that changes gets a new version, which voids every plan that was checked against the old one. */
async function applyPolicies(tx: Tx, estate: EstateSpec): Promise<number> {
  return tx.$executeRaw`
    INSERT INTO residency_policy AS known (policy_code, allowed_regions, backup_regions, analytics_allowed,
      cross_border_export_allowed, description, effective_from, effective_to, data_classes)
    SELECT code, "allowedRegions", "backupRegions", "analyticsAllowed", "crossBorderExportAllowed", description,
           "effectiveFrom", "effectiveTo", "dataClasses"
      FROM jsonb_to_recordset(${JSON.stringify(estate.policies)}::jsonb)
        AS declared (code text, "allowedRegions" text[], "backupRegions" text[], "analyticsAllowed" boolean,
                     "crossBorderExportAllowed" boolean, description text, "effectiveFrom" date, "effectiveTo" date,
                     "dataClasses" text[])
    ON CONFLICT (policy_code) DO UPDATE SET allowed_regions = EXCLUDED.allowed_regions, backup_regions = EXCLUDED.backup_regions,
      analytics_allowed = EXCLUDED.analytics_allowed, cross_border_export_allowed = EXCLUDED.cross_border_export_allowed,
      description = EXCLUDED.description, effective_from = EXCLUDED.effective_from, effective_to = EXCLUDED.effective_to,
      data_classes = EXCLUDED.data_classes, version = known.version + 1
    WHERE (known.allowed_regions, known.backup_regions, known.analytics_allowed, known.cross_border_export_allowed,
           known.description, known.effective_from, known.effective_to, known.data_classes)
      IS DISTINCT FROM (EXCLUDED.allowed_regions, EXCLUDED.backup_regions, EXCLUDED.analytics_allowed,
           EXCLUDED.cross_border_export_allowed, EXCLUDED.description, EXCLUDED.effective_from, EXCLUDED.effective_to,
           EXCLUDED.data_classes)`
}

/** A tenant's home is the cell's first region until it migrates; applying again changes its name and policy only. */
async function applyTenants(tx: Tx, estate: EstateSpec, now: Date): Promise<number> {
  const homes = new Map(estate.cells.map((cell) => [cell.id, firstRegionOf(estate, cell.id)]))
  const rows = estate.tenants.map((tenant) => ({ ...tenant, home: homes.get(tenant.cell) }))
  return tx.$executeRaw`
    INSERT INTO tenant_region_assignment AS known (tenant_id, home_region, residency_policy, status, created_at, updated_at, name, cell_id)
    SELECT id, home, policy, 'ACTIVE', ${now}, ${now}, name, cell FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS declared (id uuid, home text, policy text, name text, cell text)
    ON CONFLICT (tenant_id) DO UPDATE SET name = EXCLUDED.name, residency_policy = EXCLUDED.residency_policy, updated_at = EXCLUDED.updated_at
    WHERE (known.name, known.residency_policy) IS DISTINCT FROM (EXCLUDED.name, EXCLUDED.residency_policy)`
}
