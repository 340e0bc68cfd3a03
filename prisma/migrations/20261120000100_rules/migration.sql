-- Rules that hold whoever writes: the interface, the worker, or a person with psql. Names say the rule, because a
-- violated constraint's name is what an operator gets to read.

CREATE SEQUENCE request_code_seq START 1;
CREATE SEQUENCE operation_code_seq START 1;

-- Statuses ------------------------------------------------------------------------------------------------------------

ALTER TABLE tenant_region_assignment ADD CONSTRAINT ck_tenant_region_status
  CHECK (status IN ('ACTIVE', 'MIGRATING', 'SUSPENDED', 'DECOMMISSIONED'));
ALTER TABLE region_write_epoch ADD CONSTRAINT ck_region_write_epoch_status
  CHECK (status IN ('WRITABLE', 'SWITCHING', 'FENCED'));
ALTER TABLE tenant_region_migration ADD CONSTRAINT ck_tenant_region_migration_status
  CHECK (status IN ('PLANNED', 'PREPARING', 'COPYING', 'CATCHING_UP', 'VALIDATING', 'CUTTING_OVER', 'OBSERVING', 'COMPLETED', 'ROLLED_BACK', 'FAILED'));
ALTER TABLE cross_region_conflict_case ADD CONSTRAINT ck_conflict_status
  CHECK (status IN ('OPEN', 'IN_REVIEW', 'RESOLVED', 'DISMISSED'));
ALTER TABLE role_grant ADD CONSTRAINT ck_role
  CHECK (role IN ('viewer', 'operator', 'approver', 'compliance', 'admin'));
ALTER TABLE operation_request ADD CONSTRAINT ck_request_status
  CHECK (status IN ('waiting', 'consumed', 'rejected', 'expired', 'voided', 'withdrawn'));
ALTER TABLE operation ADD CONSTRAINT ck_operation_status
  CHECK (status IN ('queued', 'running', 'paused', 'undoing', 'needs-human', 'done', 'undone'));
ALTER TABLE operation_step ADD CONSTRAINT ck_step_status
  CHECK (status IN ('pending', 'running', 'done', 'refused', 'failed', 'unknown', 'undoing', 'undone', 'skipped'));
ALTER TABLE fence_receipt ADD CONSTRAINT ck_fence_strength
  CHECK (strength IN ('PROVEN', 'POWERED_OFF', 'LEASE_EXPIRED', 'DECLARED'));
ALTER TABLE approval ADD CONSTRAINT ck_decision CHECK (decision IN ('approve', 'reject'));
ALTER TABLE probe_observation ADD CONSTRAINT ck_probe CHECK (
  kind IN ('connect', 'read', 'write') AND outcome IN ('ok', 'refused', 'timeout', 'unreachable', 'error'));
ALTER TABLE member_observation ADD CONSTRAINT ck_member_state CHECK (
  state IN ('reachable', 'unreachable') AND (role IS NULL OR role IN ('primary', 'standby')));
ALTER TABLE lag_sample ADD CONSTRAINT ck_lag_state
  CHECK (state IN ('streaming', 'catching-up', 'disconnected', 'unknown'));

-- A proven fence without its facts proves nothing.
ALTER TABLE fence_receipt ADD CONSTRAINT ck_proven_fence_has_facts CHECK (
  strength <> 'PROVEN'
  OR (system_identifier IS NOT NULL AND timeline IS NOT NULL AND lsn IS NOT NULL AND refusal_sqlstate IS NOT NULL));

-- Approvals -----------------------------------------------------------------------------------------------------------

ALTER TABLE approval ADD CONSTRAINT ck_requester_is_not_approver CHECK (person_id <> requester_id);
ALTER TABLE operation_request ADD CONSTRAINT ck_quorum CHECK (quorum >= 1);
ALTER TABLE operation_request ADD CONSTRAINT ck_two_expiries CHECK (run_by >= approve_by AND approve_by > created_at);
ALTER TABLE operation_request ADD CONSTRAINT ck_reason_given CHECK (length(btrim(reason)) > 0);
ALTER TABLE approval ADD CONSTRAINT ck_decision_reason_given CHECK (length(btrim(reason)) > 0);

-- One active operation per scope, and one open request per scope: races end here, not in code.
CREATE UNIQUE INDEX uq_one_active_operation_per_scope ON operation (scope) WHERE status NOT IN ('done', 'undone');
CREATE UNIQUE INDEX uq_one_open_request_per_scope ON operation_request (scope) WHERE status = 'waiting';
CREATE UNIQUE INDEX uq_role_held_once ON role_grant (person_id, role) WHERE revoked_at IS NULL;

-- Epochs --------------------------------------------------------------------------------------------------------------

ALTER TABLE region_write_epoch ADD CONSTRAINT ck_epoch_positive CHECK (epoch >= 1);

CREATE FUNCTION forbid_epoch_fall() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'The write epoch of % may not be deleted: epochs only rise.', OLD.logical_scope USING ERRCODE = '23514';
  END IF;
  IF NEW.logical_scope <> OLD.logical_scope OR NEW.epoch < OLD.epoch THEN
    RAISE EXCEPTION 'The write epoch of % may not fall from % to %.', OLD.logical_scope, OLD.epoch, NEW.epoch USING ERRCODE = '23514';
  END IF;
  IF NEW.epoch = OLD.epoch AND (NEW.active_region <> OLD.active_region OR NEW.active_member <> OLD.active_member) THEN
    RAISE EXCEPTION 'The writer of % may not change without a new epoch.', OLD.logical_scope USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER epochs_only_rise BEFORE UPDATE OR DELETE ON region_write_epoch
  FOR EACH ROW EXECUTE FUNCTION forbid_epoch_fall();

CREATE FUNCTION forbid_region_epoch_fall() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.region_epoch < OLD.region_epoch THEN
    RAISE EXCEPTION 'A region epoch may not fall from % to %.', OLD.region_epoch, NEW.region_epoch USING ERRCODE = '23514';
  END IF;
  IF NEW.region_epoch = OLD.region_epoch AND NEW.home_region <> OLD.home_region THEN
    RAISE EXCEPTION 'A home region may not change without a new region epoch.' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER region_epochs_only_rise BEFORE UPDATE ON tenant_region_assignment
  FOR EACH ROW EXECUTE FUNCTION forbid_region_epoch_fall();
CREATE TRIGGER region_epochs_only_rise BEFORE UPDATE ON entity_home_region
  FOR EACH ROW EXECUTE FUNCTION forbid_region_epoch_fall();

CREATE FUNCTION forbid_lease_fall() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'lease' THEN
    IF NEW.epoch < OLD.epoch THEN
      RAISE EXCEPTION 'The lease epoch of % may not fall.', OLD.name USING ERRCODE = '23514';
    END IF;
  ELSIF NEW.lease_epoch < OLD.lease_epoch THEN
    RAISE EXCEPTION 'The lease epoch of operation % may not fall.', OLD.code USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER lease_epochs_only_rise BEFORE UPDATE ON lease FOR EACH ROW EXECUTE FUNCTION forbid_lease_fall();
CREATE TRIGGER lease_epochs_only_rise BEFORE UPDATE ON operation FOR EACH ROW EXECUTE FUNCTION forbid_lease_fall();

-- Append-only tables --------------------------------------------------------------------------------------------------

CREATE FUNCTION forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only.', TG_TABLE_NAME USING ERRCODE = '23514';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON operation_plan FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON approval FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON fence_receipt FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON global_audit_event FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_sequence FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

-- A request ends once: no way back from a final status, and the plan it stands for never changes.
CREATE FUNCTION forbid_request_revival() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> 'waiting' AND NEW.status <> OLD.status THEN
    RAISE EXCEPTION 'Request % is % and stays so.', OLD.code, OLD.status USING ERRCODE = '23514';
  END IF;
  IF NEW.plan_id <> OLD.plan_id OR NEW.plan_hash <> OLD.plan_hash OR NEW.requester_id <> OLD.requester_id OR NEW.quorum < OLD.quorum THEN
    RAISE EXCEPTION 'Request % is bound to its plan, its requester and its quorum.', OLD.code USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER requests_end_once BEFORE UPDATE ON operation_request FOR EACH ROW EXECUTE FUNCTION forbid_request_revival();

-- An operation ends once, and the point of no return is passed once.
CREATE FUNCTION forbid_operation_revival() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status IN ('done', 'undone') AND NEW.status <> OLD.status THEN
    RAISE EXCEPTION 'Operation % is % and stays so.', OLD.code, OLD.status USING ERRCODE = '23514';
  END IF;
  IF OLD.point_of_no_return_at IS NOT NULL AND NEW.status IN ('undoing', 'undone') THEN
    RAISE EXCEPTION 'Operation % has passed the point of no return.', OLD.code USING ERRCODE = '23514';
  END IF;
  IF OLD.point_of_no_return_at IS NOT NULL AND NEW.point_of_no_return_at IS DISTINCT FROM OLD.point_of_no_return_at THEN
    RAISE EXCEPTION 'Operation % passed the point of no return at %.', OLD.code, OLD.point_of_no_return_at USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER operations_end_once BEFORE UPDATE ON operation FOR EACH ROW EXECUTE FUNCTION forbid_operation_revival();
