-- Homeport gate, version 1: admits or refuses every write to the tables it protects, inside the cell's own database.
--
-- How it holds. The gate's state is one row, homeport.write_gate. A trigger on that row publishes it as the *ticket*: the
-- value of the sequence homeport.write_ticket, which is <hash of cluster_name><epoch> while the gate is open, negative while
-- it is open on a lease, and nothing while it is closed. A writer's trigger calls pg_sequence_last_value() on it, which does
-- three things at once:
--   1. it takes ROW EXCLUSIVE on the sequence until the end of the writer's transaction (prepared or not), and every
--      change of the gate takes SHARE ROW EXCLUSIVE, so a change waits for all writers in flight and newcomers wait for it;
--   2. it reads after that lock, so what it reads is what is true until the writer has ended;
--   3. it reads past the transaction's snapshot, so REPEATABLE READ and SERIALIZABLE are not fooled by an old one;
-- and it needs neither a query nor a row lock, which is what makes the gate cheap. ALTER SEQUENCE ... RESTART writes a new
-- file, so publishing is transactional: a change of the gate that rolls back was never seen.
--
-- A tenant's gate is a row in homeport.tenant_gate, published in the same way: the tenant's ticket is the sequence
-- homeport."<tenant_id>", whose value is the region epoch while the tenant is ACTIVE and nothing otherwise. So that neither the
-- catalogs nor one transaction's locks grow without bound, only the first homeport.tenant_tickets_max() tenants have one. The
-- writers of the others share an advisory lock on the tenant's bucket, which a change takes exclusively, and then look at the
-- row; in the stricter isolation levels they also take FOR SHARE, which fails when their snapshot is old. A tenant is locked
-- in one of the two ways for good, or a change that takes one lock would not see the writers that hold the other.
--
-- What a writer pays is mostly the functions its trigger names (each is looked up anew in every transaction), so the check
-- names as few as it can, and those that depend on the server alone are IMMUTABLE: they become constants of the plan.
--
-- What it does not hold against: a superuser or the owner of a table (homeport.unprotected() finds what they disabled), and
-- a lease that runs out between the check at commit and the moment in which that commit is durable (decision 0013).
--
-- Triggers are qualified name by name instead of carrying SET search_path, which costs a microsecond per row.
-- May be run again at any time: it replaces the functions and keeps the rows.

CREATE SCHEMA IF NOT EXISTS homeport;

CREATE TABLE IF NOT EXISTS homeport.package_version (
  version      integer     NOT NULL PRIMARY KEY,
  source_hash  text        NOT NULL,
  installed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS homeport.write_gate (
  scope         text        NOT NULL PRIMARY KEY,
  server_region text,
  server_name   text,
  epoch         bigint      NOT NULL DEFAULT 0 CHECK (epoch >= 0 AND epoch < 90000000),
  status        text        NOT NULL DEFAULT 'FENCED' CHECK (status IN ('WRITABLE', 'FROZEN', 'FENCED')),
  lease_until   timestamptz,
  operation_id  uuid,
  opened_by     uuid,
  changed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  is_only_scope boolean     NOT NULL DEFAULT true UNIQUE CHECK (is_only_scope),
  CHECK (status <> 'WRITABLE' OR (server_region IS NOT NULL AND server_name IS NOT NULL AND epoch > 0))
);
COMMENT ON COLUMN homeport.write_gate.server_name IS 'cluster_name of the server that may write: the region alone does not tell a primary from its neighbour.';
COMMENT ON COLUMN homeport.write_gate.opened_by IS 'The operation that opened this epoch; operation_id is the one that changed the gate last.';

-- Operations that have gone back. One line each, kept for good: a freeze may arrive arbitrarily late.
CREATE TABLE IF NOT EXISTS homeport.thawed_operation (
  operation_id uuid        NOT NULL PRIMARY KEY,
  thawed_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE IF NOT EXISTS homeport.tenant_gate (
  tenant_id    uuid   NOT NULL PRIMARY KEY,
  region_epoch bigint NOT NULL CHECK (region_epoch >= 0),
  status       text   NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('ACTIVE', 'FROZEN', 'SUSPENDED', 'MOVED')),
  moved_to     text,
  CHECK ((status = 'MOVED') = (moved_to IS NOT NULL))
);
-- Asked first, since even an ALTER TABLE that finds nothing to do waits for every reader.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = 'homeport.tenant_gate'::regclass AND a.attname = 'has_ticket' AND NOT a.attisdropped) THEN
    ALTER TABLE homeport.tenant_gate ADD COLUMN has_ticket boolean NOT NULL DEFAULT false;
  END IF;
END $$;
CREATE INDEX IF NOT EXISTS tenant_gate_ticket ON homeport.tenant_gate (tenant_id) WHERE has_ticket;
COMMENT ON COLUMN homeport.tenant_gate.has_ticket IS 'Whether this tenant''s gate is published as a sequence; decided when the tenant is placed, for good.';

CREATE TABLE IF NOT EXISTS homeport.protected_table (
  table_name    regclass NOT NULL PRIMARY KEY,
  tenant_column name
);

CREATE TABLE IF NOT EXISTS homeport.grantee (
  role_name name NOT NULL PRIMARY KEY
);

CREATE TABLE IF NOT EXISTS homeport.canary (
  id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  operation_id uuid        NOT NULL,
  at           timestamptz NOT NULL DEFAULT clock_timestamp(),
  server_name  text        NOT NULL DEFAULT current_setting('cluster_name'),
  scope_epoch  text        NOT NULL DEFAULT current_setting('homeport.scope_epoch', true)
);

CREATE TABLE IF NOT EXISTS homeport.heartbeat (
  vantage text        NOT NULL PRIMARY KEY,
  at      timestamptz NOT NULL,
  seq     bigint      NOT NULL
);

CREATE SEQUENCE IF NOT EXISTS homeport.write_ticket AS bigint MINVALUE -9223372036854775808 START 1;

-- What a former primary wrote and this server never saw, copied here when it came back: full rows stay where the tenants' data lie.
CREATE TABLE IF NOT EXISTS homeport.unreplicated_write (
  id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  operation_id uuid        NOT NULL,
  table_name   text        NOT NULL,
  row_key      text        NOT NULL,
  key_hash     bytea       NOT NULL,
  tenant_id    uuid,
  change       text        NOT NULL CHECK (change IN ('insert', 'update', 'delete')),
  xid          bigint,
  theirs_hash  text,
  ours_hash    text,
  theirs       jsonb,
  ours         jsonb,
  columns      text[]      NOT NULL,
  found_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (operation_id, table_name, key_hash)
);
COMMENT ON COLUMN homeport.unreplicated_write.theirs IS 'The row of the former primary; NULL when it deleted the row, or when it is bigger than 8 MB and only its hash was taken.';
COMMENT ON COLUMN homeport.unreplicated_write.ours IS 'The row of this server when the former primary was read; NULL when there was none.';

REVOKE ALL ON SCHEMA homeport FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA homeport FROM PUBLIC;

-- ---------------------------------------------------------------------------------------------------------------------
-- Who am I, and what may be said

CREATE OR REPLACE FUNCTION homeport.server_region() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT pg_catalog.substring(pg_catalog.current_setting('cluster_name'), '^homeport/[^/]+/([^/]+)$')
$$;
COMMENT ON FUNCTION homeport.server_region() IS 'Region in this server''s own cluster_name (homeport/<member>/<region>), which no session can change and no replication copies. NULL when it has another form.';

CREATE OR REPLACE FUNCTION homeport.refuse(code text, detail text, hint text DEFAULT 'Resolve the route again, then send the command again.')
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION USING MESSAGE = code, DETAIL = detail, HINT = hint, ERRCODE = CASE code
    WHEN 'STALE_SCOPE_EPOCH'  THEN 'HP001'
    WHEN 'STALE_REGION_EPOCH' THEN 'HP002'
    WHEN 'WRONG_REGION'       THEN 'HP003'
    WHEN 'ENTITY_MOVED'       THEN 'HP004'
    WHEN 'REGION_READ_ONLY'   THEN 'HP005'
    WHEN 'TENANT_FROZEN'      THEN 'HP006'
    WHEN 'TENANT_SUSPENDED'   THEN 'HP007'
    WHEN 'STATUS_CONFLICT'    THEN 'HP008'
  END;
END $$;

-- What stands before the epoch in a ticket: ten digits that hash the server's name, and a minus while it writes on a lease. The
-- epoch is what a client says, so it is compared letter by letter: under a hash of both, a client could look for a text that fits.
CREATE OR REPLACE FUNCTION homeport.ticket_prefix(server_name text, is_leased boolean) RETURNS text LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN is_leased THEN '-' ELSE '' END || (1000000000 + (hashtextextended(server_name, 0) & 9007199254740991) % 8000000000)::text
$$;

-- The same for this server. IMMUTABLE though it reads a setting, since cluster_name stays for the life of a server and a plan
-- does not outlive it: the planner puts the answer in the place of the call.
CREATE OR REPLACE FUNCTION homeport.ticket_prefix_here(is_leased boolean) RETURNS text LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT homeport.ticket_prefix(current_setting('cluster_name'), is_leased)
$$;

-- A relation and, in a transaction that writes to all tenants, a lock for each: the lock table holds 6,400 on a default server.
CREATE OR REPLACE FUNCTION homeport.tenant_tickets_max() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1000';

-- ---------------------------------------------------------------------------------------------------------------------
-- The write lease: a gate that holds one admits writes only until an instant that its keeper renews, see decision 0013

-- Published as sequences, in milliseconds since 1970, because a transaction that began long ago under REPEATABLE READ must see the
-- lease as it is now. They may run ahead of the row by a renewal that rolled back; who orders one counts it as given all the same.
CREATE SEQUENCE IF NOT EXISTS homeport.lease_end AS bigint MINVALUE 0 START 0;
CREATE SEQUENCE IF NOT EXISTS homeport.lease_clock AS bigint MINVALUE 0 START 0;
COMMENT ON SEQUENCE homeport.lease_end IS 'When the write lease ends.';
COMMENT ON SEQUENCE homeport.lease_clock IS 'What the clock of this server said at the last renewal: if it says less now, it was set back and no lease holds.';

-- One row a session, whose change queues the check at commit. Unlogged: it says nothing that outlives its transaction.
CREATE UNLOGGED TABLE IF NOT EXISTS homeport.leased_writer (
  pid  integer  NOT NULL PRIMARY KEY,
  xact xid8     NOT NULL,
  turn smallint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- In SQL and without settings of its own, so that it is written out in the functions that call it.
CREATE OR REPLACE FUNCTION homeport.lease_lasts() RETURNS boolean LANGUAGE sql AS $$
  SELECT coalesce(pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()) OPERATOR(pg_catalog.*) 1000::float8
      OPERATOR(pg_catalog.<) pg_catalog.pg_sequence_last_value('homeport.lease_end')::float8
    AND pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()) OPERATOR(pg_catalog.*) 1000::float8
      OPERATOR(pg_catalog.>=) pg_catalog.pg_sequence_last_value('homeport.lease_clock')::float8, false)
$$;

CREATE OR REPLACE FUNCTION homeport.refuse_without_lease() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  scope    text := (SELECT g.scope FROM homeport.write_gate g);
  lease_at timestamptz := to_timestamp(pg_sequence_last_value('homeport.lease_end') / 1000.0);
  clock_at timestamptz := to_timestamp(pg_sequence_last_value('homeport.lease_clock') / 1000.0);
BEGIN
  PERFORM homeport.refuse('REGION_READ_ONLY', CASE
      WHEN clock_timestamp() < clock_at AND clock_timestamp() < lease_at THEN format('The write lease of %s holds no more: the clock of this server was set back from %s to %s.', scope, clock_at, clock_timestamp())
      ELSE format('The write lease of %s ran out at %s and was not renewed.', scope, coalesce(lease_at::text, 'an unknown time')) END,
    'The console renews it when it reaches this server again. Resolve the route again, then send the command again.');
END $$;

-- Called for every write that a lease admits; the first of a transaction queues the check that its commit will make.
CREATE OR REPLACE FUNCTION homeport.note_leased_write() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO homeport.leased_writer AS w (pid, xact) VALUES (pg_catalog.pg_backend_pid(), pg_catalog.pg_current_xact_id())
    ON CONFLICT (pid) DO UPDATE SET xact = excluded.xact, turn = 0 WHERE w.xact OPERATOR(pg_catalog.<>) excluded.xact;
END $$;

-- Whoever passed the gate while the lease lasted may commit only while it lasts. It is judged when the commit comes to what was
-- deferred (turn 0), and again behind all else that was deferred (turn 1). Constraints that a client has made IMMEDIATE would have
-- this done before the commit; then turn 1 comes at once, within turn 0, and puts the whole off again (turn 2).
CREATE OR REPLACE FUNCTION homeport.judge_commit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF NOT homeport.lease_lasts() THEN
    PERFORM homeport.refuse_without_lease();
  ELSIF NEW.turn OPERATOR(pg_catalog.<>) 1 THEN
    UPDATE homeport.leased_writer w SET turn = 1 WHERE w.pid OPERATOR(pg_catalog.=) NEW.pid;
  ELSIF pg_catalog.pg_trigger_depth() OPERATOR(pg_catalog.>) 1 THEN
    SET CONSTRAINTS homeport.judge_commit DEFERRED;
    UPDATE homeport.leased_writer w SET turn = 2 WHERE w.pid OPERATOR(pg_catalog.=) NEW.pid;
  ELSIF pg_catalog.current_setting('max_prepared_transactions') OPERATOR(pg_catalog.<>) '0' THEN
    -- Once prepared, it would be committed whenever somebody says so, unchecked. One that has exported a snapshot cannot be prepared;
    -- that is dear, so it is done only where the end can be a PREPARE: a client has to say so, an apply worker says nothing.
    IF pg_catalog.current_query() OPERATOR(pg_catalog.~*) 'prepare'
      OR (pg_catalog.current_query() IS NULL AND pg_catalog.current_setting('session_replication_role') OPERATOR(pg_catalog.=) 'replica') THEN
      PERFORM pg_catalog.pg_export_snapshot();
    END IF;
  END IF;
  RETURN NULL;
END $$;

DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = 'homeport.leased_writer'::regclass AND t.tgname = 'judge_commit') THEN
    CREATE CONSTRAINT TRIGGER judge_commit AFTER INSERT OR UPDATE ON homeport.leased_writer DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION homeport.judge_commit();
  END IF;
END $$;
ALTER TABLE homeport.leased_writer ENABLE ALWAYS TRIGGER judge_commit;

-- Neither waits for writers nor makes them wait: setval() takes a lock that shares with theirs.
CREATE OR REPLACE FUNCTION homeport.publish_lease() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM setval('homeport.lease_clock', floor(date_part('epoch', clock_timestamp()) * 1000)::bigint),
    setval('homeport.lease_end', greatest(0, floor(date_part('epoch', NEW.lease_until) * 1000))::bigint);
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER publish_lease AFTER UPDATE OF lease_until ON homeport.write_gate FOR EACH ROW WHEN (NEW.lease_until IS NOT NULL)
  EXECUTE FUNCTION homeport.publish_lease();
ALTER TABLE homeport.write_gate ENABLE ALWAYS TRIGGER publish_lease;

-- Extends the lease to an absolute instant, never back, and changes nothing else. The first call of an epoch makes the gate a
-- leased one, which is published like any change of the gate: it waits for the writers in flight, who passed without a lease.
CREATE OR REPLACE FUNCTION homeport.renew_lease(scope text, epoch bigint, until timestamptz, ahead_ms_max integer) RETURNS homeport.write_gate
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  gate  homeport.write_gate := homeport.lock_gate(scope);
  clock timestamptz := clock_timestamp();
BEGIN
  IF gate.epoch IS DISTINCT FROM renew_lease.epoch THEN
    PERFORM homeport.refuse('STALE_SCOPE_EPOCH', format('%s is at epoch %s, not %s.', renew_lease.scope, gate.epoch, renew_lease.epoch));
  ELSIF gate.server_name IS DISTINCT FROM current_setting('cluster_name') THEN
    PERFORM homeport.refuse('WRONG_REGION', format('Writes to %s belong to %s; this is %s.', gate.scope, gate.server_name, current_setting('cluster_name')));
  ELSIF gate.status <> 'WRITABLE' THEN
    PERFORM homeport.refuse('STATUS_CONFLICT', format('%s is %s by operation %s.', gate.scope, gate.status, gate.operation_id), 'Only an open gate takes a lease.');
  ELSIF ahead_ms_max > 90000 OR NOT isfinite(until) THEN
    PERFORM homeport.refuse('STATUS_CONFLICT', 'A write lease lasts 90 s at most.', 'Renew it more often.');
  ELSIF until <= clock THEN
    PERFORM homeport.refuse('STATUS_CONFLICT', format('%s has passed already by the clock of this server, which says %s.', until, clock),
      'The order came late, or this clock is ahead.');
  ELSIF until > clock + make_interval(secs => ahead_ms_max / 1000.0) THEN
    PERFORM homeport.refuse('STATUS_CONFLICT', format('%s is too far ahead for the clock of this server, which says %s.', until, clock),
      'This clock is behind: a lease would last longer here than elsewhere.');
  ELSIF gate.lease_until > until AND homeport.lease_lasts() THEN
    RETURN gate;
  END IF;
  UPDATE homeport.write_gate g SET lease_until = greatest(gate.lease_until, until) RETURNING g.* INTO gate;
  RETURN gate;
END $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- The writer's side

-- The writer was not admitted: find out why, and raise it. Never returns.
CREATE OR REPLACE FUNCTION homeport.judge(has_tenant boolean, tenant uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  gate         homeport.write_gate;
  tenant_row   homeport.tenant_gate;
  scope_epoch  text := nullif(current_setting('homeport.scope_epoch', true), '');
  region_epoch text := nullif(current_setting('homeport.region_epoch', true), '');
BEGIN
  SELECT * INTO gate FROM homeport.write_gate;
  IF homeport.server_region() IS NULL THEN
    PERFORM homeport.refuse('WRONG_REGION', format('This server does not know its region: cluster_name is "%s".', current_setting('cluster_name')),
      'Set cluster_name to homeport/<member>/<region> and restart the server.');
  ELSIF gate.scope IS NULL OR gate.epoch = 0 THEN
    PERFORM homeport.refuse('REGION_READ_ONLY', 'The gate of this database has never been opened.');
  ELSIF gate.server_name IS DISTINCT FROM current_setting('cluster_name') THEN
    PERFORM homeport.refuse('WRONG_REGION', format('Writes to %s belong to %s in %s; this is %s.',
      gate.scope, gate.server_name, gate.server_region, current_setting('cluster_name')));
  ELSIF gate.status <> 'WRITABLE' THEN
    PERFORM homeport.refuse('REGION_READ_ONLY', format('The gate of %s is %s since epoch %s.', gate.scope, gate.status, gate.epoch));
  ELSIF gate.lease_until IS NOT NULL AND NOT homeport.lease_lasts() THEN
    PERFORM homeport.refuse_without_lease();
  ELSIF scope_epoch IS NULL THEN
    PERFORM homeport.refuse('STALE_SCOPE_EPOCH', 'The command carries no write epoch.',
      'Resolve the route and run SET LOCAL homeport.scope_epoch = ''<epoch>'' first in the transaction.');
  ELSIF scope_epoch <> gate.epoch::text THEN
    PERFORM homeport.refuse('STALE_SCOPE_EPOCH', format('The command carries write epoch %s; %s is at %s.', scope_epoch, gate.scope, gate.epoch));
  END IF;

  IF has_tenant THEN
    SELECT * INTO tenant_row FROM homeport.tenant_gate t WHERE t.tenant_id = tenant;
    IF tenant_row.tenant_id IS NULL THEN
      PERFORM homeport.refuse('WRONG_REGION', format('Tenant %s has no home in %s.', coalesce(tenant::text, '(none)'), gate.scope));
    ELSIF tenant_row.status = 'MOVED' THEN
      PERFORM homeport.refuse('ENTITY_MOVED', format('Tenant %s moved to %s.', tenant, tenant_row.moved_to));
    ELSIF tenant_row.status = 'SUSPENDED' THEN
      PERFORM homeport.refuse('TENANT_SUSPENDED', format('Tenant %s is suspended.', tenant), 'Ask the operator; sending it again will not help.');
    ELSIF tenant_row.status = 'FROZEN' THEN
      PERFORM homeport.refuse('TENANT_FROZEN', format('Tenant %s is frozen at region epoch %s while it moves.', tenant, tenant_row.region_epoch));
    ELSIF region_epoch IS NULL THEN
      PERFORM homeport.refuse('STALE_REGION_EPOCH', 'The command carries no region epoch.',
        'Resolve the route and run SET LOCAL homeport.region_epoch = ''<epoch>'' first in the transaction.');
    ELSIF region_epoch <> tenant_row.region_epoch::text THEN
      PERFORM homeport.refuse('STALE_REGION_EPOCH', format('The command carries region epoch %s; tenant %s is at %s.',
        region_epoch, tenant, tenant_row.region_epoch));
    END IF;
  END IF;

  -- All that this transaction can see is in order and yet it was not admitted: it looks at an old snapshot, or what was wrong
  -- a moment ago (an expired lease, a tenant that was not here) has been put right.
  RAISE EXCEPTION 'could not serialize access due to a change of the gate'
    USING ERRCODE = '40001', HINT = 'The gate changed after this transaction began. Run it again.';
END $$;

-- Whether this server's write lease is for the epoch that the command carries, and lasts. If so, the commit is judged as well.
CREATE OR REPLACE FUNCTION homeport.has_lease() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF pg_catalog.pg_sequence_last_value('homeport.write_ticket')::text OPERATOR(pg_catalog.=)
      (homeport.ticket_prefix_here(true) OPERATOR(pg_catalog.||) pg_catalog.current_setting('homeport.scope_epoch', true))
    AND homeport.lease_lasts() THEN
    PERFORM homeport.note_leased_write();
    RETURN true;
  END IF;
  RETURN false;
END $$;

-- Admits a write to one tenant that the two tickets do not: under a lease, or of a tenant that has no ticket. Else judges it.
CREATE OR REPLACE FUNCTION homeport.admit_without_ticket(tenant uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF pg_catalog.to_regclass('homeport.' OPERATOR(pg_catalog.||) tenant::text) IS NULL THEN
    -- The lock comes first, in a statement of its own, so that the query below looks with a snapshot taken after it.
    IF pg_catalog.pg_advisory_xact_lock_shared(1752132965, pg_catalog.uuid_hash(tenant) OPERATOR(pg_catalog.&) 255) IS NOT NULL
      AND pg_catalog.current_setting('transaction_isolation') OPERATOR(pg_catalog.<>) 'read committed' THEN
      PERFORM FROM homeport.tenant_gate t WHERE t.tenant_id OPERATOR(pg_catalog.=) tenant FOR SHARE;
    END IF;
    -- A tenant that got its ticket while this writer waited is locked by that ticket, which this writer does not hold.
    PERFORM FROM homeport.tenant_gate t
     WHERE t.tenant_id OPERATOR(pg_catalog.=) tenant AND NOT t.has_ticket AND t.status OPERATOR(pg_catalog.=) 'ACTIVE'
       AND t.region_epoch::text OPERATOR(pg_catalog.=) pg_catalog.current_setting('homeport.region_epoch', true)
       AND (pg_catalog.pg_sequence_last_value('homeport.write_ticket')::text OPERATOR(pg_catalog.=)
      (homeport.ticket_prefix_here(false) OPERATOR(pg_catalog.||) pg_catalog.current_setting('homeport.scope_epoch', true)) OR homeport.has_lease());
    IF FOUND THEN
      RETURN true;
    END IF;
  ELSIF pg_catalog.pg_sequence_last_value(pg_catalog.to_regclass('homeport.' OPERATOR(pg_catalog.||) tenant::text))::text
      OPERATOR(pg_catalog.=) pg_catalog.current_setting('homeport.region_epoch', true)
    AND homeport.has_lease() THEN
    RETURN true;
  END IF;
  RETURN homeport.judge(true, tenant);
END $$;

-- Admits a write to one tenant, or refuses. The insert trigger repeats this body with its column in place, see protect().
CREATE OR REPLACE FUNCTION homeport.admit(tenant uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
BEGIN
  IF pg_catalog.pg_sequence_last_value('homeport.write_ticket')::text OPERATOR(pg_catalog.=)
      (homeport.ticket_prefix_here(false) OPERATOR(pg_catalog.||) pg_catalog.current_setting('homeport.scope_epoch', true))
    AND pg_catalog.pg_sequence_last_value(pg_catalog.to_regclass('homeport.' OPERATOR(pg_catalog.||) tenant::text))::text
      OPERATOR(pg_catalog.=) pg_catalog.current_setting('homeport.region_epoch', true) THEN
    RETURN true;
  END IF;
  RETURN homeport.admit_without_ticket(tenant);
END $$;

-- Admits a write that names no tenant, or refuses.
CREATE OR REPLACE FUNCTION homeport.admit_scope() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  RETURN homeport.has_lease() OR homeport.judge(false, NULL);
END $$;

-- Scope gate for any row, and for whole statements: an UPDATE or DELETE takes its place among the writers in flight before it
-- locks a row (a writer that held a row while it queued behind a fence would make that fence wait for a deadlock timeout),
-- and is refused even when it would have found no row.
CREATE OR REPLACE FUNCTION homeport.gate_scope() RETURNS trigger LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
BEGIN
  IF (pg_catalog.pg_sequence_last_value('homeport.write_ticket')::text OPERATOR(pg_catalog.=)
      (homeport.ticket_prefix_here(false) OPERATOR(pg_catalog.||) pg_catalog.current_setting('homeport.scope_epoch', true))) IS NOT TRUE THEN
    PERFORM homeport.admit_scope();
  END IF;
  IF TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION homeport.gate_tenant_truncate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF (pg_catalog.pg_sequence_last_value('homeport.write_ticket')::text OPERATOR(pg_catalog.=)
      (homeport.ticket_prefix_here(false) OPERATOR(pg_catalog.||) pg_catalog.current_setting('homeport.scope_epoch', true))) IS NOT TRUE THEN
    PERFORM homeport.admit_scope();
  END IF;
  PERFORM homeport.refuse('STALE_REGION_EPOCH', 'TRUNCATE names no tenant and empties them all.', 'Delete tenant by tenant.');
  RETURN NULL;
END $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- The gate's side

-- Epochs never fall, a fence is for good, and every change is published under the lock that waits for writers in flight.
CREATE OR REPLACE FUNCTION homeport.guard_write_gate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
    PERFORM homeport.refuse('STATUS_CONFLICT', 'The gate remembers its epoch; it cannot be deleted.', 'Fence it instead.');
  ELSIF TG_OP = 'UPDATE' THEN
    IF NEW.scope <> OLD.scope THEN
      PERFORM homeport.refuse('STATUS_CONFLICT', format('This database belongs to %s.', OLD.scope), 'Use the scope of this database.');
    ELSIF NEW.epoch < OLD.epoch THEN
      PERFORM homeport.refuse('STALE_SCOPE_EPOCH', format('Epoch %s is below %s, which %s has reached.', NEW.epoch, OLD.epoch, OLD.scope));
    ELSIF OLD.status = 'FENCED' AND NEW.status <> 'FENCED' AND NEW.epoch = OLD.epoch AND NEW.server_name IS NOT DISTINCT FROM OLD.server_name THEN
      PERFORM homeport.refuse('STATUS_CONFLICT', format('%s is fenced at epoch %s on this server for good.', OLD.scope, OLD.epoch), 'Open it at a higher epoch.');
    END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION homeport.publish_ticket() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- Renewing a lease must not wait for writers: the slow path reads lease_until itself.
  IF TG_OP = 'UPDATE' AND (NEW.epoch, NEW.status, NEW.server_region, NEW.server_name, NEW.lease_until IS NULL)
    IS NOT DISTINCT FROM (OLD.epoch, OLD.status, OLD.server_region, OLD.server_name, OLD.lease_until IS NULL) THEN
    RETURN NULL;
  END IF;
  ALTER SEQUENCE homeport.write_ticket RESTART;
  IF NEW.status = 'WRITABLE' THEN
    PERFORM setval('homeport.write_ticket', (homeport.ticket_prefix(NEW.server_name, NEW.lease_until IS NOT NULL) || NEW.epoch)::bigint);
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION homeport.place_tenant() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.has_ticket := (SELECT count(*) FROM homeport.tenant_gate t WHERE t.has_ticket) < homeport.tenant_tickets_max();
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION homeport.publish_tenant() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT NEW.has_ticket OR TG_OP = 'UPDATE' AND (NEW.region_epoch, NEW.status, NEW.has_ticket) = (OLD.region_epoch, OLD.status, OLD.has_ticket) THEN
    RETURN NULL;
  ELSIF to_regclass('homeport.' || NEW.tenant_id) IS NULL THEN
    EXECUTE format('CREATE SEQUENCE homeport.%I AS bigint MINVALUE 0', NEW.tenant_id);
  ELSE
    EXECUTE format('ALTER SEQUENCE homeport.%I RESTART', NEW.tenant_id);
  END IF;
  IF NEW.status = 'ACTIVE' THEN
    PERFORM setval(format('homeport.%I', NEW.tenant_id), NEW.region_epoch);
  END IF;
  RETURN NULL;
END $$;

-- The writers of a tenant that has a ticket are waited for by whoever publishes its change.
CREATE OR REPLACE FUNCTION homeport.lock_tenant(tenant uuid) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF to_regclass('homeport.' || tenant) IS NULL THEN
    PERFORM pg_advisory_xact_lock(1752132965, uuid_hash(tenant) & 255);
  END IF;
END $$;

CREATE OR REPLACE FUNCTION homeport.guard_tenant_gate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
    PERFORM homeport.refuse('STATUS_CONFLICT', 'A tenant''s gate remembers its epoch; it cannot be deleted.', 'Set it MOVED instead.');
  END IF;
  PERFORM homeport.lock_tenant(OLD.tenant_id);
  NEW.has_ticket := NEW.has_ticket OR OLD.has_ticket;
  IF NEW.tenant_id <> OLD.tenant_id OR NEW.region_epoch < OLD.region_epoch
    OR (OLD.status = 'MOVED' AND NEW.status <> 'MOVED' AND NEW.region_epoch = OLD.region_epoch) THEN
    PERFORM homeport.refuse('STALE_REGION_EPOCH', format('Tenant %s is %s at region epoch %s; %s at %s would go back.',
      OLD.tenant_id, OLD.status, OLD.region_epoch, NEW.status, NEW.region_epoch));
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER guard BEFORE UPDATE OR DELETE ON homeport.write_gate FOR EACH ROW EXECUTE FUNCTION homeport.guard_write_gate();
CREATE OR REPLACE TRIGGER guard_truncate BEFORE TRUNCATE ON homeport.write_gate FOR EACH STATEMENT EXECUTE FUNCTION homeport.guard_write_gate();
CREATE OR REPLACE TRIGGER publish AFTER INSERT OR UPDATE ON homeport.write_gate FOR EACH ROW EXECUTE FUNCTION homeport.publish_ticket();
CREATE OR REPLACE TRIGGER guard BEFORE UPDATE OR DELETE ON homeport.tenant_gate FOR EACH ROW EXECUTE FUNCTION homeport.guard_tenant_gate();
CREATE OR REPLACE TRIGGER place BEFORE INSERT ON homeport.tenant_gate FOR EACH ROW EXECUTE FUNCTION homeport.place_tenant();
CREATE OR REPLACE TRIGGER publish AFTER INSERT OR UPDATE ON homeport.tenant_gate FOR EACH ROW EXECUTE FUNCTION homeport.publish_tenant();
CREATE OR REPLACE TRIGGER guard_truncate BEFORE TRUNCATE ON homeport.tenant_gate FOR EACH STATEMENT EXECUTE FUNCTION homeport.guard_tenant_gate();
ALTER TABLE homeport.write_gate ENABLE ALWAYS TRIGGER guard;
ALTER TABLE homeport.write_gate ENABLE ALWAYS TRIGGER guard_truncate;
ALTER TABLE homeport.write_gate ENABLE ALWAYS TRIGGER publish;
ALTER TABLE homeport.tenant_gate ENABLE ALWAYS TRIGGER guard;
ALTER TABLE homeport.tenant_gate ENABLE ALWAYS TRIGGER place;
ALTER TABLE homeport.tenant_gate ENABLE ALWAYS TRIGGER publish;
ALTER TABLE homeport.tenant_gate ENABLE ALWAYS TRIGGER guard_truncate;

-- Common to every change: bounded waiting, and durable on this server without waiting for a standby, because a gate is a fact
-- about one server and a commit that waits for a lost standby would hold the gate half closed.
CREATE OR REPLACE FUNCTION homeport.lock_gate(wanted_scope text) RETURNS homeport.write_gate LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  gate homeport.write_gate;
BEGIN
  IF current_setting('lock_timeout') = '0' THEN
    PERFORM set_config('lock_timeout', '5s', true);
  END IF;
  PERFORM set_config('synchronous_commit', 'local', true);
  SELECT * INTO gate FROM homeport.write_gate FOR UPDATE;
  IF gate.scope <> wanted_scope THEN
    PERFORM homeport.refuse('STATUS_CONFLICT', format('This database belongs to %s, not to %s.', gate.scope, wanted_scope), 'Use the scope of this database.');
  END IF;
  RETURN gate;
END $$;

-- A prepared transaction holds its place among the writers until somebody resolves it; waiting for it would only time out.
CREATE OR REPLACE FUNCTION homeport.refuse_while_prepared() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  gids text;
BEGIN
  SELECT string_agg(quote_literal(p.gid), ', ' ORDER BY p.prepared_at) INTO gids FROM homeport.pending_prepared() p;
  IF gids IS NOT NULL THEN
    PERFORM homeport.refuse('STATUS_CONFLICT', format('Prepared transactions wrote through the gate and are not resolved: %s.', gids),
      'COMMIT PREPARED or ROLLBACK PREPARED each of them, then try again.');
  END IF;
END $$;

CREATE OR REPLACE FUNCTION homeport.set_scope(scope text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM homeport.lock_gate(set_scope.scope);
  INSERT INTO homeport.write_gate (scope) VALUES (set_scope.scope) ON CONFLICT DO NOTHING;
END $$;

CREATE OR REPLACE FUNCTION homeport.open_gate(scope text, region text, epoch bigint, operation_id uuid) RETURNS homeport.write_gate
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  gate homeport.write_gate;
  here text := current_setting('cluster_name');
BEGIN
  PERFORM homeport.set_scope(open_gate.scope);
  gate := homeport.lock_gate(open_gate.scope);
  IF homeport.server_region() IS DISTINCT FROM region THEN
    PERFORM homeport.refuse('WRONG_REGION', format('%s cannot be opened for %s here: this server is "%s".', open_gate.scope, region, here),
      'Open it on a server of that region.');
  ELSIF open_gate.epoch < gate.epoch OR open_gate.epoch < 1 THEN
    PERFORM homeport.refuse('STALE_SCOPE_EPOCH', format('%s is at epoch %s; it cannot open at %s.', open_gate.scope, gate.epoch, open_gate.epoch));
  ELSIF open_gate.epoch = gate.epoch THEN
    IF gate.status = 'WRITABLE' AND gate.opened_by = open_gate.operation_id AND gate.server_name = here THEN
      RETURN gate; -- the same command again
    ELSIF NOT (gate.status = 'FENCED' AND gate.operation_id = open_gate.operation_id AND gate.server_name IS DISTINCT FROM here) THEN
      -- Only the operation that fenced another server at this epoch may open here at the same one.
      PERFORM homeport.refuse('STALE_SCOPE_EPOCH', format('%s is %s at epoch %s already, for %s.', open_gate.scope, gate.status, gate.epoch, gate.server_name),
        'Open it at a higher epoch.');
    END IF;
  END IF;
  UPDATE homeport.write_gate g SET server_region = region, server_name = here, epoch = open_gate.epoch, status = 'WRITABLE', lease_until = NULL,
    operation_id = open_gate.operation_id, opened_by = open_gate.operation_id, changed_at = clock_timestamp() RETURNING g.* INTO gate;
  RETURN gate;
END $$;

CREATE OR REPLACE FUNCTION homeport.freeze_gate(scope text, epoch bigint, operation_id uuid) RETURNS homeport.write_gate
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  gate homeport.write_gate := homeport.lock_gate(scope);
BEGIN
  IF gate.epoch IS DISTINCT FROM freeze_gate.epoch THEN
    PERFORM homeport.refuse('STALE_SCOPE_EPOCH', format('%s is at epoch %s, not %s.', freeze_gate.scope, gate.epoch, freeze_gate.epoch));
  ELSIF gate.status = 'FROZEN' AND gate.operation_id = freeze_gate.operation_id THEN
    RETURN gate; -- the same command again
  ELSIF gate.status <> 'WRITABLE' THEN
    PERFORM homeport.refuse('STATUS_CONFLICT', format('%s is %s by operation %s.', gate.scope, gate.status, gate.operation_id), 'Only an open gate can be frozen.');
  ELSIF EXISTS (SELECT FROM homeport.thawed_operation t WHERE t.operation_id = freeze_gate.operation_id) THEN
    -- A freeze that comes late, from a worker that was overtaken, would close a gate that nobody would open again.
    PERFORM homeport.refuse('STATUS_CONFLICT', format('Operation %s has thawed %s already.', freeze_gate.operation_id, gate.scope), 'An operation that went back does not freeze again.');
  END IF;
  PERFORM homeport.refuse_while_prepared();
  UPDATE homeport.write_gate g SET status = 'FROZEN', operation_id = freeze_gate.operation_id, changed_at = clock_timestamp() RETURNING g.* INTO gate;
  RETURN gate;
END $$;

CREATE OR REPLACE FUNCTION homeport.thaw_gate(scope text, epoch bigint, operation_id uuid) RETURNS homeport.write_gate
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  gate homeport.write_gate := homeport.lock_gate(scope);
BEGIN
  IF gate.epoch IS DISTINCT FROM thaw_gate.epoch THEN
    PERFORM homeport.refuse('STALE_SCOPE_EPOCH', format('%s is at epoch %s, not %s.', thaw_gate.scope, gate.epoch, thaw_gate.epoch));
  ELSIF gate.status = 'FENCED' OR (gate.status = 'FROZEN' AND gate.operation_id IS DISTINCT FROM thaw_gate.operation_id) THEN
    PERFORM homeport.refuse('STATUS_CONFLICT', format('%s is %s by operation %s.', gate.scope, gate.status, gate.operation_id), 'Only the operation that froze a gate can thaw it.');
  ELSIF gate.server_name IS DISTINCT FROM current_setting('cluster_name') THEN
    PERFORM homeport.refuse('WRONG_REGION', format('%s was opened on %s.', gate.scope, gate.server_name), 'Thaw it there.');
  END IF;
  -- Noted even when the gate is open: whoever thaws does not know whether its freeze is still on the way, and it must not arrive.
  INSERT INTO homeport.thawed_operation (operation_id) VALUES (thaw_gate.operation_id) ON CONFLICT DO NOTHING;
  IF gate.status = 'FROZEN' THEN
    UPDATE homeport.write_gate g SET status = 'WRITABLE', changed_at = clock_timestamp() RETURNING g.* INTO gate;
  END IF;
  RETURN gate;
END $$;

CREATE OR REPLACE FUNCTION homeport.fence_gate(scope text, new_epoch bigint, operation_id uuid) RETURNS homeport.write_gate
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  gate homeport.write_gate := homeport.lock_gate(scope);
BEGIN
  IF gate.scope IS NULL THEN
    PERFORM homeport.refuse('STATUS_CONFLICT', 'This database has no gate yet.', 'Set its scope first.');
  ELSIF gate.status = 'FENCED' AND gate.epoch = new_epoch AND gate.operation_id = fence_gate.operation_id THEN
    RETURN gate; -- the same command again
  ELSIF new_epoch <= gate.epoch THEN
    PERFORM homeport.refuse('STALE_SCOPE_EPOCH', format('%s is at epoch %s; a fence at %s is too low.', gate.scope, gate.epoch, new_epoch));
  END IF;
  PERFORM homeport.refuse_while_prepared();
  UPDATE homeport.write_gate g SET epoch = new_epoch, status = 'FENCED', operation_id = fence_gate.operation_id, changed_at = clock_timestamp() RETURNING g.* INTO gate;
  RETURN gate;
END $$;

-- Takes an advisory lock before the row, in the order in which writers take them; writers with a ticket lock no row.
CREATE OR REPLACE FUNCTION homeport.set_tenant_gate(tenant_id uuid, region_epoch bigint, status text, moved_to text DEFAULT NULL)
RETURNS homeport.tenant_gate LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  tenant_row homeport.tenant_gate;
BEGIN
  IF current_setting('lock_timeout') = '0' THEN
    PERFORM set_config('lock_timeout', '5s', true);
  END IF;
  PERFORM homeport.lock_tenant(set_tenant_gate.tenant_id);
  UPDATE homeport.tenant_gate t SET region_epoch = set_tenant_gate.region_epoch, status = set_tenant_gate.status, moved_to = set_tenant_gate.moved_to
   WHERE t.tenant_id = set_tenant_gate.tenant_id RETURNING t.* INTO tenant_row;
  IF NOT FOUND THEN
    INSERT INTO homeport.tenant_gate AS t (tenant_id, region_epoch, status, moved_to)
      VALUES (set_tenant_gate.tenant_id, set_tenant_gate.region_epoch, set_tenant_gate.status, set_tenant_gate.moved_to)
      RETURNING t.* INTO tenant_row;
  END IF;
  RETURN tenant_row;
END $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Looking

CREATE OR REPLACE FUNCTION homeport.gate_state(wanted_scope text DEFAULT NULL)
RETURNS TABLE (scope text, epoch bigint, status text, gate_region text, gate_server text, lease_until timestamptz, operation_id uuid, opened_by uuid,
  changed_at timestamptz, is_accepting boolean, server_region text, server_name text, system_identifier text, timeline integer,
  current_lsn pg_lsn, flush_lsn pg_lsn, in_recovery boolean, at timestamptz, package_version integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT g.scope, g.epoch, g.status, g.server_region, g.server_name, g.lease_until, g.operation_id, g.opened_by, g.changed_at,
    coalesce(NOT r.in_recovery AND g.status = 'WRITABLE' AND g.server_name = current_setting('cluster_name')
      AND homeport.server_region() IS NOT NULL AND (g.lease_until IS NULL OR homeport.lease_lasts()), false),
    homeport.server_region(), current_setting('cluster_name'), (SELECT c.system_identifier::text FROM pg_control_system() c),
    -- The control file's timeline lags a promotion until the next checkpoint; the name of the current WAL file does not.
    CASE WHEN r.in_recovery THEN coalesce((SELECT w.received_tli FROM pg_stat_get_wal_receiver() w), (SELECT c.timeline_id FROM pg_control_checkpoint() c))
      ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer END,
    CASE WHEN r.in_recovery THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
    CASE WHEN r.in_recovery THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_flush_lsn() END,
    r.in_recovery, clock_timestamp(), (SELECT max(v.version) FROM homeport.package_version v)
  FROM (SELECT pg_is_in_recovery() AS in_recovery) r
  LEFT JOIN homeport.write_gate g ON wanted_scope IS NULL OR g.scope = wanted_scope
$$;
COMMENT ON FUNCTION homeport.gate_state(text) IS 'Always one row; the columns of the gate are NULL when this database has no such scope. On a standby current_lsn is replayed and flush_lsn received.';

CREATE OR REPLACE FUNCTION homeport.pending_prepared() RETURNS TABLE (gid text, owner name, prepared_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.gid, p.owner, p.prepared FROM pg_prepared_xacts p
  -- A prepared transaction keeps the virtual number of its session until a restart, so it is found by its own transaction's lock.
  JOIN pg_locks own ON own.pid IS NULL AND own.locktype = 'transactionid' AND own.transactionid = p.transaction
  JOIN pg_locks l ON l.pid IS NULL AND l.virtualtransaction = own.virtualtransaction
  WHERE l.locktype = 'relation' AND l.relation = 'homeport.write_ticket'::regclass AND l.mode = 'RowExclusiveLock'
    AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
$$;

-- Every transaction that the fence has to wait for. One that is waiting for a standby has committed here: ending it makes its
-- rows visible although they may never have left this server.
CREATE OR REPLACE FUNCTION homeport.writers_in_flight(wanted_scope text DEFAULT NULL)
RETURNS TABLE (pid integer, role_name name, application_name text, client_addr inet, state text, is_waiting_for_standby boolean,
  xid text, transaction_age_ms integer)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.pid, a.usename, a.application_name, a.client_addr, a.state, coalesce(a.wait_event = 'SyncRep', false), a.backend_xid::text,
    (extract(epoch FROM clock_timestamp() - a.xact_start) * 1000)::integer
  FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'relation' AND l.relation = 'homeport.write_ticket'::regclass AND l.mode = 'RowExclusiveLock' AND l.granted
    AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()) AND a.pid <> pg_backend_pid()
    AND (wanted_scope IS NULL OR EXISTS (SELECT FROM homeport.write_gate g WHERE g.scope = wanted_scope))
$$;

-- Asks every writer in flight to end; the fence's own lock wait is what waits for them. Returns what each was doing.
CREATE OR REPLACE FUNCTION homeport.terminate_writers(wanted_scope text DEFAULT NULL)
RETURNS TABLE (pid integer, role_name name, application_name text, is_waiting_for_standby boolean, xid text, was_signalled boolean)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT w.pid, w.role_name, w.application_name, w.is_waiting_for_standby, w.xid, pg_terminate_backend(w.pid)
  FROM homeport.writers_in_flight(wanted_scope) w
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Protecting tables

CREATE OR REPLACE FUNCTION homeport.row_function(kind text, tenant_column name) RETURNS name LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN tenant_column IS NULL THEN 'gate_scope'
    WHEN length('gate_' || kind || '_' || tenant_column) < 63 THEN 'gate_' || kind || '_' || tenant_column
    ELSE 'gate_' || kind || '_' || md5(tenant_column) END::name
$$;

-- A trigger function names its column when it is compiled, so there is one pair per name of a tenant column. The insert
-- trigger is homeport.admit() written out, because a call within the call costs half as much as the check itself.
CREATE OR REPLACE FUNCTION homeport.make_row_functions(tenant_column name) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $make$
BEGIN
  EXECUTE format($source$
CREATE OR REPLACE FUNCTION homeport.%1$I() RETURNS trigger LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
BEGIN
  IF pg_catalog.pg_sequence_last_value('homeport.write_ticket')::text OPERATOR(pg_catalog.=)
      (homeport.ticket_prefix_here(false) OPERATOR(pg_catalog.||) pg_catalog.current_setting('homeport.scope_epoch', true))
    AND pg_catalog.pg_sequence_last_value(pg_catalog.to_regclass('homeport.' OPERATOR(pg_catalog.||) NEW.%2$I::uuid::text))::text
      OPERATOR(pg_catalog.=) pg_catalog.current_setting('homeport.region_epoch', true) THEN
    RETURN NEW;
  END IF;
  -- Not joined to the condition above: looking up a function that is not called costs as well.
  PERFORM homeport.admit_without_ticket(NEW.%2$I);
  RETURN NEW;
END $$
$source$, homeport.row_function('insert', tenant_column), tenant_column);

  EXECUTE format($source$
CREATE OR REPLACE FUNCTION homeport.%1$I() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN
    IF homeport.admit(OLD.%2$I) THEN
      RETURN OLD;
    END IF;
  ELSIF homeport.admit(NEW.%2$I) AND (OLD.%2$I OPERATOR(pg_catalog.=) NEW.%2$I OR homeport.admit(OLD.%2$I)) THEN
    RETURN NEW;
  END IF;
  RETURN NULL;
END $$
$source$, homeport.row_function('change', tenant_column), tenant_column);

  EXECUTE format('REVOKE ALL ON FUNCTION homeport.%I(), homeport.%I() FROM PUBLIC',
    homeport.row_function('insert', tenant_column), homeport.row_function('change', tenant_column));
END $make$;

-- The triggers that each relation of a protected table must have. The row triggers sort behind other triggers, so that none can
-- change the tenant after it was checked; partitions get copies of them, but need their own statement triggers.
CREATE OR REPLACE FUNCTION homeport.wanted_triggers()
RETURNS TABLE (table_name regclass, relation regclass, tenant_column name, trigger_name name, trigger_type integer, function_name name, is_copied boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.table_name, r.relation, p.tenant_column, w.trigger_name::name, w.trigger_type, w.function_name::name,
    w.trigger_type & 1 = 1 AND r.relation <> p.table_name
  FROM homeport.protected_table p
  CROSS JOIN LATERAL (SELECT p.table_name AS relation UNION SELECT relid FROM pg_partition_tree(p.table_name)) r
  CROSS JOIN LATERAL (VALUES
    ('~homeport_gate_insert', 7, homeport.row_function('insert', p.tenant_column)),
    ('~homeport_gate_change', 27, homeport.row_function('change', p.tenant_column)),
    ('homeport_gate_statement', 26, 'gate_scope'),
    ('homeport_gate_truncate', 34, CASE WHEN p.tenant_column IS NULL THEN 'gate_scope' ELSE 'gate_tenant_truncate' END)
  ) w (trigger_name, trigger_type, function_name)
$$;

CREATE OR REPLACE FUNCTION homeport.unprotected() RETURNS TABLE (table_name text, reason text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT w.relation::text, CASE
      WHEN c.oid IS NULL THEN 'The table is gone.'
      WHEN t.oid IS NULL THEN format('Trigger %s is missing.', w.trigger_name)
      WHEN t.tgenabled = 'D' THEN format('Trigger %s is disabled.', w.trigger_name)
      WHEN t.tgenabled <> 'A' THEN format('Trigger %s is not ENABLE ALWAYS, so replication and session_replication_role pass it.', w.trigger_name)
      ELSE format('Trigger %s was changed.', w.trigger_name) END
  FROM homeport.wanted_triggers() w
  LEFT JOIN pg_class c ON c.oid = w.relation
  LEFT JOIN pg_trigger t ON t.tgrelid = w.relation AND t.tgname = w.trigger_name
  WHERE t.oid IS NULL OR t.tgenabled <> 'A' OR t.tgtype <> w.trigger_type OR t.tgqual IS NOT NULL OR t.tgattr::text <> ''
    OR t.tgfoid IS DISTINCT FROM to_regproc(format('homeport.%I', w.function_name))::oid
  UNION ALL
  SELECT DISTINCT w.relation::text, format('Trigger %s runs after the gate and could change %s.', t.tgname, w.tenant_column)
  FROM homeport.wanted_triggers() w JOIN pg_trigger t ON t.tgrelid = w.relation
  WHERE w.tenant_column IS NOT NULL AND t.tgtype & 67 = 3 AND t.tgenabled <> 'D' AND t.tgname > '~homeport_gate_insert'
  UNION ALL
  SELECT DISTINCT w.relation::text, format('Role %s can switch the gate off: it is a superuser or may act as the owner of the table.', g.role_name)
  FROM homeport.wanted_triggers() w JOIN pg_class c ON c.oid = w.relation
  CROSS JOIN homeport.grantee g JOIN pg_roles r ON r.rolname = g.role_name
  WHERE r.rolsuper OR pg_has_role(r.oid, c.relowner, 'MEMBER')
  UNION ALL
  SELECT t.tgrelid::regclass::text, format('Trigger %s, which keeps the gate itself, is not ENABLE ALWAYS.', t.tgname)
  FROM pg_trigger t WHERE t.tgrelid IN ('homeport.write_gate'::regclass, 'homeport.tenant_gate'::regclass, 'homeport.leased_writer'::regclass) AND t.tgenabled <> 'A'
$$;

CREATE OR REPLACE FUNCTION homeport.protect(table_name regclass, tenant_column name DEFAULT 'tenant_id') RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  wanted record;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = protect.table_name AND c.relkind IN ('r', 'p')) THEN
    RAISE EXCEPTION '% is not a table.', table_name USING ERRCODE = 'wrong_object_type';
  ELSIF tenant_column IS NOT NULL AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = protect.table_name AND a.attname = protect.tenant_column
      AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'uuid'::regtype AND a.attgenerated = '') THEN
    RAISE EXCEPTION '%.% is not a plain column of type uuid.', table_name, tenant_column USING ERRCODE = 'undefined_column',
      HINT = 'Name the column that holds the tenant, or NULL when the table has none.';
  END IF;
  IF tenant_column IS NOT NULL THEN
    PERFORM homeport.make_row_functions(tenant_column);
  END IF;
  INSERT INTO homeport.protected_table AS p VALUES (protect.table_name, protect.tenant_column)
    ON CONFLICT ON CONSTRAINT protected_table_pkey DO UPDATE SET tenant_column = excluded.tenant_column;

  -- Touch only what is not as it should be: creating a trigger locks the table against writers.
  FOR wanted IN
    SELECT w.*, t.oid IS NOT NULL AS exists_already FROM homeport.wanted_triggers() w
    LEFT JOIN pg_trigger t ON t.tgrelid = w.relation AND t.tgname = w.trigger_name
    WHERE w.table_name = protect.table_name AND (t.oid IS NULL OR t.tgenabled <> 'A' OR t.tgtype <> w.trigger_type OR t.tgqual IS NOT NULL
      OR t.tgattr::text <> '' OR t.tgfoid IS DISTINCT FROM to_regproc(format('homeport.%I', w.function_name))::oid)
    ORDER BY w.is_copied
  LOOP
    IF NOT wanted.is_copied THEN
      IF wanted.exists_already THEN
        EXECUTE format('DROP TRIGGER %I ON %s', wanted.trigger_name, wanted.relation);
      END IF;
      EXECUTE format('CREATE TRIGGER %I BEFORE %s ON %s FOR EACH %s EXECUTE FUNCTION homeport.%I()', wanted.trigger_name,
        CASE wanted.trigger_type WHEN 7 THEN 'INSERT' WHEN 34 THEN 'TRUNCATE' ELSE 'UPDATE OR DELETE' END, wanted.relation,
        CASE WHEN wanted.trigger_type & 1 = 1 THEN 'ROW' ELSE 'STATEMENT' END, wanted.function_name);
    END IF;
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', wanted.relation, wanted.trigger_name);
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION homeport.unprotect(table_name regclass) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  wanted record;
BEGIN
  FOR wanted IN SELECT w.* FROM homeport.wanted_triggers() w WHERE w.table_name = unprotect.table_name AND NOT w.is_copied LOOP
    EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', wanted.trigger_name, wanted.relation);
  END LOOP;
  DELETE FROM homeport.protected_table p WHERE p.table_name = unprotect.table_name;
END $$;

-- What an ordinary application role may do: prove by a canary that writes are refused or taken, and beat. Nothing else.
CREATE OR REPLACE FUNCTION homeport.grant_use(role_name name) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO homeport.grantee AS g VALUES (grant_use.role_name) ON CONFLICT DO NOTHING;
  EXECUTE format('GRANT USAGE ON SCHEMA homeport TO %I', role_name);
  EXECUTE format('GRANT EXECUTE ON FUNCTION homeport.server_region() TO %I', role_name);
  EXECUTE format('GRANT SELECT, INSERT ON homeport.canary TO %I', role_name);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON homeport.heartbeat TO %I', role_name);
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA homeport FROM PUBLIC;

-- An earlier build of this version wrote tickets in another way, which admits nobody to what stands above. Waits for writers.
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_sequence q WHERE q.seqrelid = 'homeport.write_ticket'::regclass AND q.seqmin = 1) THEN
    ALTER SEQUENCE homeport.write_ticket MINVALUE -9223372036854775808 RESTART;
    PERFORM pg_catalog.setval('homeport.write_ticket', (homeport.ticket_prefix(g.server_name, g.lease_until IS NOT NULL) || g.epoch)::bigint)
      FROM homeport.write_gate g WHERE g.status = 'WRITABLE';
  END IF;
END $$;
-- And tenants had no tickets. Each is locked, before its row, against the writers that were told so.
DO $$
DECLARE
  tenant uuid;
BEGIN
  FOR tenant IN
    SELECT t.tenant_id FROM homeport.tenant_gate t WHERE NOT t.has_ticket ORDER BY t.tenant_id
    LIMIT greatest(0, homeport.tenant_tickets_max() - (SELECT count(*) FROM homeport.tenant_gate p WHERE p.has_ticket))
  LOOP
    PERFORM homeport.lock_tenant(tenant);
    UPDATE homeport.tenant_gate SET has_ticket = true WHERE tenant_id = tenant;
  END LOOP;
END $$;

SELECT homeport.protect('homeport.canary', NULL), homeport.protect('homeport.heartbeat', NULL);
-- A newer package may write these functions differently.
SELECT homeport.protect(p.table_name, p.tenant_column) FROM homeport.protected_table p JOIN pg_catalog.pg_class c ON c.oid = p.table_name;
