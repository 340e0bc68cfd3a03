-- The regulatory case platform: a customer's own tables in a customer's own schema. Every command takes the two epochs of
-- its route and sets them for its transaction, so that the gate can compare them; every accepted write leaves an outbox
-- row stamped with the region and the epoch under which it was accepted.

CREATE SCHEMA IF NOT EXISTS cases;

CREATE TABLE IF NOT EXISTS cases.regulatory_case (
  tenant_id UUID NOT NULL,
  case_id UUID NOT NULL,
  home_region TEXT NOT NULL,
  region_epoch BIGINT NOT NULL,
  case_number TEXT NOT NULL,
  status TEXT NOT NULL,
  version BIGINT NOT NULL DEFAULT 0,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, case_id),
  CONSTRAINT uq_case_number_region UNIQUE (tenant_id, home_region, case_number),
  CONSTRAINT ck_case_status CHECK (status IN ('SUBMITTED', 'UNDER_REVIEW', 'LEGAL_REVIEW', 'DECIDED', 'CLOSED'))
);
CREATE INDEX IF NOT EXISTS ix_case_updated ON cases.regulatory_case (updated_at);

CREATE TABLE IF NOT EXISTS cases.case_task (
  tenant_id UUID NOT NULL,
  task_id UUID NOT NULL,
  case_id UUID NOT NULL,
  assignee TEXT NOT NULL,
  assigned_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, task_id),
  FOREIGN KEY (tenant_id, case_id) REFERENCES cases.regulatory_case ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS ix_task_case ON cases.case_task (tenant_id, case_id);

CREATE TABLE IF NOT EXISTS cases.case_number_counter (
  tenant_id UUID NOT NULL,
  region_code TEXT NOT NULL,
  year INTEGER NOT NULL,
  next_value BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, region_code, year)
);

CREATE TABLE IF NOT EXISTS cases.outbox (
  event_id UUID PRIMARY KEY,
  tenant_id UUID NOT NULL,
  aggregate_id UUID NOT NULL,
  aggregate_version BIGINT NOT NULL,
  event_type TEXT NOT NULL,
  region TEXT NOT NULL,
  scope_epoch BIGINT NOT NULL,
  region_epoch BIGINT NOT NULL,
  occurred_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS ix_outbox_occurred ON cases.outbox (occurred_at);

-- The route a command came by, for this transaction only.
CREATE OR REPLACE FUNCTION cases.use_route(p_scope_epoch BIGINT, p_region_epoch BIGINT) RETURNS void LANGUAGE sql AS $$
  SELECT set_config('homeport.scope_epoch', p_scope_epoch::text, true), set_config('homeport.region_epoch', p_region_epoch::text, true)
$$;

CREATE OR REPLACE FUNCTION cases.emit(p_tenant UUID, p_case UUID, p_version BIGINT, p_type TEXT, p_scope_epoch BIGINT, p_region_epoch BIGINT)
RETURNS void LANGUAGE sql AS $$
  INSERT INTO cases.outbox (event_id, tenant_id, aggregate_id, aggregate_version, event_type, region, scope_epoch, region_epoch)
  VALUES (gen_random_uuid(), p_tenant, p_case, p_version, p_type, homeport.server_region(), p_scope_epoch, p_region_epoch)
$$;

CREATE OR REPLACE FUNCTION cases.create_case(p_scope_epoch BIGINT, p_region_epoch BIGINT, p_tenant UUID, p_case UUID)
RETURNS TEXT LANGUAGE plpgsql AS $$
DECLARE
  v_region TEXT := homeport.server_region();
  v_year INTEGER := extract(year FROM now());
  v_number BIGINT;
  v_label TEXT;
BEGIN
  PERFORM cases.use_route(p_scope_epoch, p_region_epoch);
  INSERT INTO cases.case_number_counter AS counter VALUES (p_tenant, v_region, v_year, 2)
    ON CONFLICT (tenant_id, region_code, year) DO UPDATE SET next_value = counter.next_value + 1
    RETURNING counter.next_value - 1 INTO v_number;
  v_label := format('%s-%s-%s', upper(v_region), v_year, lpad(v_number::text, 8, '0'));
  INSERT INTO cases.regulatory_case (tenant_id, case_id, home_region, region_epoch, case_number, status)
    VALUES (p_tenant, p_case, v_region, p_region_epoch, v_label, 'SUBMITTED');
  PERFORM cases.emit(p_tenant, p_case, 0, 'case.created', p_scope_epoch, p_region_epoch);
  RETURN v_label;
END $$;

CREATE OR REPLACE FUNCTION cases.assign_task(p_scope_epoch BIGINT, p_region_epoch BIGINT, p_tenant UUID, p_case UUID, p_task UUID, p_assignee TEXT)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM cases.use_route(p_scope_epoch, p_region_epoch);
  INSERT INTO cases.case_task (tenant_id, task_id, case_id, assignee) VALUES (p_tenant, p_task, p_case, p_assignee);
  PERFORM cases.emit(p_tenant, p_case, 0, 'task.assigned', p_scope_epoch, p_region_epoch);
END $$;

-- Optimistic: the caller names the status it saw. No row means that somebody else was faster, and that is said as such.
CREATE OR REPLACE FUNCTION cases.change_status(p_scope_epoch BIGINT, p_region_epoch BIGINT, p_tenant UUID, p_case UUID, p_from TEXT, p_to TEXT)
RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
  v_version BIGINT;
BEGIN
  PERFORM cases.use_route(p_scope_epoch, p_region_epoch);
  UPDATE cases.regulatory_case SET status = p_to, version = version + 1, updated_at = now()
    WHERE tenant_id = p_tenant AND case_id = p_case AND status = p_from
    RETURNING version INTO v_version;
  IF v_version IS NULL THEN
    RAISE EXCEPTION 'STATUS_CONFLICT' USING ERRCODE = 'HP008', DETAIL = format('Case %s is not %s any more.', p_case, p_from);
  END IF;
  PERFORM cases.emit(p_tenant, p_case, v_version, 'case.status-changed', p_scope_epoch, p_region_epoch);
  RETURN v_version;
END $$;

-- Keeps the demo small: closed cases and old events go, oldest first, a bounded number at a time.
CREATE OR REPLACE FUNCTION cases.trim(p_scope_epoch BIGINT, p_region_epoch BIGINT, p_tenant UUID, p_keep_cases INTEGER, p_keep INTERVAL)
RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
  v_gone BIGINT;
BEGIN
  PERFORM cases.use_route(p_scope_epoch, p_region_epoch);
  DELETE FROM cases.regulatory_case WHERE (tenant_id, case_id) IN (
    SELECT tenant_id, case_id FROM cases.regulatory_case WHERE tenant_id = p_tenant
    ORDER BY updated_at DESC OFFSET p_keep_cases LIMIT 500);
  GET DIAGNOSTICS v_gone = ROW_COUNT;
  DELETE FROM cases.outbox WHERE event_id IN (
    SELECT event_id FROM cases.outbox WHERE tenant_id = p_tenant AND occurred_at < now() - p_keep LIMIT 2000);
  RETURN v_gone;
END $$;

GRANT USAGE ON SCHEMA cases TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA cases TO app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA cases TO app;
