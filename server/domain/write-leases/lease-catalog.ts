import { type Db, transact } from '@/server/db'

/** The keeper's side of the catalog: each is one transaction that holds only while the caller is the keeper. */

export type KeeperName = { scope: string; holder: string }

export type GrantAsked = KeeperName & {
  keeperTtlMs: number
  /** Null: grant nothing more. */
  more: { leaseMs: number; horizonMs: number } | null
  /** What the keeper has ordered and seen confirmed at `epoch`. */
  known: { epoch: bigint; orderedUntilMs: number | null; appliedUntilMs: number | null } | null
}

export type Grant = {
  /** Rises with every change of the keeper. */
  keeperEpoch: bigint
  epoch: bigint
  memberId: string
  grantedUntilMs: number
  /** The end to order next, noted before it is; null when nothing more was granted. */
  notedUntilMs: number | null
  isStopped: boolean
  isFinal: boolean
  /** By the clock of the catalog, when it answered. */
  nowMs: number
}

/**
 * Becomes or stays the keeper, records what was ordered and confirmed, and grants more. The lease on being the keeper is
 * taken first, in the same statement: a worker that lost it changes nothing. Null: another worker is the keeper.
 */
export async function askGrant(db: Db, { scope, holder, keeperTtlMs, more, known }: GrantAsked): Promise<Grant | null> {
  const ordered = instant(known?.orderedUntilMs)
  const applied = instant(known?.appliedUntilMs)
  const [row] = await db.$queryRaw<Grant[]>`
    WITH keeper AS (
      INSERT INTO lease (name, holder, epoch, until)
      VALUES (${leaseName(scope)}, ${holder}, 1, now() + ${keeperTtlMs} * interval '1 millisecond')
      ON CONFLICT (name) DO UPDATE SET epoch = lease.epoch + CASE WHEN lease.holder = ${holder} THEN 0 ELSE 1 END,
        holder = ${holder}, until = now() + ${keeperTtlMs} * interval '1 millisecond'
      WHERE lease.holder = ${holder} OR lease.holder IS NULL OR lease.until < now()
      RETURNING epoch),
    wanted AS (
      SELECT writer.logical_scope, writer.epoch, writer.active_member, keeper.epoch AS keeper_epoch,
             now() + ${more?.horizonMs ?? 0} * interval '1 millisecond' AS granted_until,
             now() + ${more?.leaseMs ?? 0} * interval '1 millisecond' AS ordered_until,
             writer.epoch = ${known?.epoch ?? -1n} AS is_known
        FROM keeper CROSS JOIN region_write_epoch AS writer WHERE writer.logical_scope = ${scope}),
    granted AS (
      INSERT INTO write_lease AS kept (scope, epoch, member_id, granted_until)
      SELECT logical_scope, epoch, active_member, granted_until FROM wanted
      ON CONFLICT (scope) DO UPDATE SET
        epoch = excluded.epoch, member_id = excluded.member_id, updated_at = now(),
        granted_until = CASE
          WHEN kept.epoch < excluded.epoch THEN excluded.granted_until
          WHEN kept.stopped_by IS NOT NULL OR NOT ${more !== null}::boolean THEN kept.granted_until
          ELSE greatest(kept.granted_until, excluded.granted_until) END,
        ordered_until = CASE
          WHEN kept.epoch < excluded.epoch THEN NULL
          WHEN kept.stopped_by IS NOT NULL OR NOT ${more !== null}::boolean THEN greatest(kept.ordered_until, (SELECT ${ordered}::timestamptz FROM wanted WHERE is_known))
          ELSE greatest(kept.ordered_until, (SELECT ${ordered}::timestamptz FROM wanted WHERE is_known), (SELECT w.ordered_until FROM wanted AS w)) END,
        applied_until = CASE
          WHEN kept.epoch < excluded.epoch THEN NULL
          ELSE greatest(kept.applied_until, (SELECT ${applied}::timestamptz FROM wanted WHERE is_known)) END,
        stopped_by = CASE WHEN kept.epoch < excluded.epoch THEN NULL ELSE kept.stopped_by END,
        stopped_at = CASE WHEN kept.epoch < excluded.epoch THEN NULL ELSE kept.stopped_at END,
        final_until = CASE WHEN kept.epoch < excluded.epoch THEN NULL ELSE kept.final_until END
      WHERE kept.epoch <= excluded.epoch
      RETURNING scope, epoch, member_id, granted_until, ordered_until, stopped_by, final_until)
    SELECT wanted.keeper_epoch AS "keeperEpoch", granted.epoch, granted.member_id AS "memberId",
           (extract(epoch FROM granted.granted_until) * 1000)::float8 AS "grantedUntilMs",
           CASE WHEN granted.stopped_by IS NULL AND ${more !== null}::boolean
             THEN (extract(epoch FROM least(wanted.ordered_until, granted.ordered_until)) * 1000)::float8 END AS "notedUntilMs",
           granted.stopped_by IS NOT NULL AS "isStopped", granted.final_until IS NOT NULL AS "isFinal",
           (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "nowMs"
      FROM wanted JOIN granted ON granted.scope = wanted.logical_scope`
  if (!row) return null
  return {
    ...row,
    keeperEpoch: BigInt(row.keeperEpoch),
    epoch: BigInt(row.epoch),
    grantedUntilMs: Math.floor(row.grantedUntilMs),
    notedUntilMs: row.notedUntilMs === null ? null : Math.floor(row.notedUntilMs),
  }
}

/** After a stop: no later end than this was ever ordered, or will be. False: another worker is the keeper, or it is said. */
export async function sayFinal(
  db: Db,
  {
    scope,
    holder,
    keeperEpoch,
    epoch,
    finalUntilMs,
  }: KeeperName & { keeperEpoch: bigint; epoch: bigint; finalUntilMs: number },
): Promise<boolean> {
  const count = await db.$executeRaw`
    UPDATE write_lease SET final_until = least(granted_until, ${instant(finalUntilMs)}::timestamptz), updated_at = now()
     WHERE scope = ${scope} AND epoch = ${epoch} AND stopped_by IS NOT NULL AND final_until IS NULL
       AND EXISTS (SELECT FROM lease WHERE name = ${leaseName(scope)} AND holder = ${holder} AND epoch = ${keeperEpoch})`
  return count > 0
}

/**
 * Stops being the keeper, after the last order: gives back what was granted and will not be used, so that whoever comes next
 * has less to wait for, and lets another worker take over at once.
 */
export async function stopKeeping(
  db: Db,
  {
    scope,
    holder,
    keeperEpoch,
    epoch,
    orderedUntilMs,
  }: KeeperName & { keeperEpoch: bigint; epoch: bigint; orderedUntilMs: number },
): Promise<void> {
  await transact(db, async (tx) => {
    const released = await tx.$executeRaw`
      UPDATE lease SET holder = NULL, until = NULL
       WHERE name = ${leaseName(scope)} AND holder = ${holder} AND epoch = ${keeperEpoch}`
    if (released === 0) return
    await tx.$executeRaw`
      UPDATE write_lease SET updated_at = now(), granted_until =
          least(granted_until, greatest(${instant(orderedUntilMs)}::timestamptz, ordered_until, applied_until))
       WHERE scope = ${scope} AND epoch = ${epoch} AND stopped_by IS NULL`
  })
}

/** The leased cells, and those whose gate still keeps to a lease of its present epoch although they are leased no more. */
export async function listLeasedCells(
  db: Db,
  max: number,
): Promise<{ scope: string; engine: string; leaseMs: number | null }[]> {
  return db.$queryRaw`
    SELECT cell.scope, cell.engine, cell.write_lease_ms AS "leaseMs" FROM cell
      LEFT JOIN region_write_epoch AS writer ON writer.logical_scope = cell.scope
      LEFT JOIN write_lease AS lease ON lease.scope = cell.scope AND lease.epoch = writer.epoch
     WHERE cell.write_lease_ms IS NOT NULL OR lease.ordered_until IS NOT NULL
     ORDER BY cell.scope LIMIT ${max}`
}

function leaseName(scope: string): string {
  return `renew:${scope}`
}

function instant(ms: number | null | undefined): Date | null {
  return ms === null || ms === undefined ? null : new Date(ms)
}
