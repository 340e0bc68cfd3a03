-- What failing over without the old primary, drilling it and deciding about it need.

-- AlterTable
ALTER TABLE "cell" ADD COLUMN     "write_lease_ms" INTEGER;

-- AlterTable
ALTER TABLE "cell_member" ADD COLUMN     "writes_per_second_max" INTEGER;

-- AlterTable
ALTER TABLE "residency_policy" ADD COLUMN     "data_classes" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "cross_region_conflict_case" ADD COLUMN     "decided_by" UUID,
ADD COLUMN     "decision" TEXT,
ADD COLUMN     "stale_server_id" UUID;

-- AlterTable
ALTER TABLE "person" ADD COLUMN     "kind" TEXT NOT NULL DEFAULT 'human';

-- AlterTable
ALTER TABLE "operation_request" ADD COLUMN     "break_glass" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "supersedes" UUID;

-- AlterTable
ALTER TABLE "operation" ADD COLUMN     "acknowledged_at" TIMESTAMPTZ(6),
ADD COLUMN     "acknowledged_by" UUID,
ADD COLUMN     "acknowledgement" TEXT;

-- AlterTable
ALTER TABLE "member_observation" ADD COLUMN     "gate_lease_until" TIMESTAMPTZ(6),
ADD COLUMN     "gate_server" TEXT,
ADD COLUMN     "heartbeat_at" TIMESTAMPTZ(6),
ADD COLUMN     "received_lsn" TEXT,
ADD COLUMN     "server_name" TEXT;

-- CreateTable
CREATE TABLE "auth_passkey" (
    "id" TEXT NOT NULL,
    "name" TEXT,
    "public_key" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "credential_id" TEXT NOT NULL,
    "counter" INTEGER NOT NULL,
    "device_type" TEXT NOT NULL,
    "backed_up" BOOLEAN NOT NULL,
    "transports" TEXT,
    "created_at" TIMESTAMPTZ(6),
    "aaguid" TEXT,

    CONSTRAINT "auth_passkey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "request_claim" (
    "request_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "claimed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "until" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "request_claim_pkey" PRIMARY KEY ("request_id","person_id")
);

-- CreateTable
CREATE TABLE "break_glass" (
    "id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "scope" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "rules" JSONB NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "reviewed_at" TIMESTAMPTZ(6),
    "reviewed_by" UUID,
    "review" TEXT,

    CONSTRAINT "break_glass_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hold" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "level" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "placed_by" UUID NOT NULL,
    "placed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ends_at" TIMESTAMPTZ(6),
    "released_at" TIMESTAMPTZ(6),
    "released_by" UUID,
    "release_reason" TEXT,

    CONSTRAINT "hold_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "write_lease" (
    "scope" TEXT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "member_id" TEXT NOT NULL,
    "granted_until" TIMESTAMPTZ(6) NOT NULL,
    "ordered_until" TIMESTAMPTZ(6),
    "applied_until" TIMESTAMPTZ(6),
    "stopped_by" UUID,
    "stopped_at" TIMESTAMPTZ(6),
    "final_until" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "write_lease_pkey" PRIMARY KEY ("scope")
);

-- CreateTable
CREATE TABLE "stale_server" (
    "id" UUID NOT NULL,
    "operation_id" UUID NOT NULL,
    "scope" TEXT NOT NULL,
    "cell_id" TEXT NOT NULL,
    "member_id" TEXT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "fenced_epoch" BIGINT NOT NULL,
    "new_primary" TEXT NOT NULL,
    "system_identifier" TEXT,
    "divergence_timeline" INTEGER,
    "divergence_lsn" TEXT,
    "divergence_snapshot" TEXT,
    "status" TEXT NOT NULL,
    "says" TEXT,
    "left_at" TIMESTAMPTZ(6) NOT NULL,
    "returned_at" TIMESTAMPTZ(6),
    "closed_at" TIMESTAMPTZ(6),
    "extracted_at" TIMESTAMPTZ(6),
    "rebuilt_at" TIMESTAMPTZ(6),
    "lost_write_count" INTEGER,
    "loss_seconds_estimate" DOUBLE PRECISION,
    "loss_seconds_actual" DOUBLE PRECISION,

    CONSTRAINT "stale_server_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "unreplicated_write" (
    "id" UUID NOT NULL,
    "stale_server_id" UUID NOT NULL,
    "tenant_id" UUID,
    "table_name" TEXT NOT NULL,
    "row_key" TEXT NOT NULL,
    "change" TEXT NOT NULL,
    "xid" TEXT,
    "theirs_hash" TEXT,
    "ours_hash" TEXT,
    "columns" TEXT[],
    "conflict_id" UUID,
    "found_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "unreplicated_write_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "dedupe_key" TEXT NOT NULL,
    "scope" TEXT,
    "cell_id" TEXT,
    "says" TEXT NOT NULL,
    "facts" JSONB NOT NULL,
    "raised_at" TIMESTAMPTZ(6) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(6) NOT NULL,
    "acknowledged_at" TIMESTAMPTZ(6),
    "acknowledged_by" UUID,
    "acknowledgement" TEXT,
    "resolved_at" TIMESTAMPTZ(6),

    CONSTRAINT "alert_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification_channel" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "secret_ref" TEXT,
    "topics" TEXT[],
    "disabled_at" TIMESTAMPTZ(6),
    "created_by" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notification_channel_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification" (
    "id" UUID NOT NULL,
    "topic" TEXT NOT NULL,
    "object_id" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification_delivery" (
    "id" UUID NOT NULL,
    "notification_id" UUID NOT NULL,
    "channel_id" UUID NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'queued',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_attempt_at" TIMESTAMPTZ(6),
    "last_error" TEXT,
    "response_code" INTEGER,
    "delivered_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notification_delivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "readiness_evidence" (
    "cell_id" TEXT NOT NULL,
    "check" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "says" TEXT NOT NULL,
    "facts" JSONB NOT NULL,
    "vantage" TEXT NOT NULL,
    "checked_at" TIMESTAMPTZ(6) NOT NULL,
    "proven_at" TIMESTAMPTZ(6),

    CONSTRAINT "readiness_evidence_pkey" PRIMARY KEY ("cell_id","check")
);

-- CreateTable
CREATE TABLE "drill_schedule" (
    "id" UUID NOT NULL,
    "cell_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "every_days" INTEGER NOT NULL,
    "next_at" TIMESTAMPTZ(6) NOT NULL,
    "placed_by" UUID NOT NULL,
    "last_run_id" UUID,
    "ended_at" TIMESTAMPTZ(6),

    CONSTRAINT "drill_schedule_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "auth_passkey_user_id_idx" ON "auth_passkey"("user_id");

-- CreateIndex
CREATE INDEX "auth_passkey_credential_id_idx" ON "auth_passkey"("credential_id");

-- CreateIndex
CREATE UNIQUE INDEX "break_glass_request_id_key" ON "break_glass"("request_id");

-- CreateIndex
CREATE INDEX "break_glass_reviewed_at_idx" ON "break_glass"("reviewed_at");

-- CreateIndex
CREATE INDEX "hold_level_subject_idx" ON "hold"("level", "subject");

-- CreateIndex
CREATE INDEX "stale_server_member_id_idx" ON "stale_server"("member_id");

-- CreateIndex
CREATE UNIQUE INDEX "stale_server_operation_id_member_id_key" ON "stale_server"("operation_id", "member_id");

-- CreateIndex
CREATE INDEX "unreplicated_write_tenant_id_idx" ON "unreplicated_write"("tenant_id");

-- CreateIndex
CREATE UNIQUE INDEX "unreplicated_write_stale_server_id_table_name_row_key_key" ON "unreplicated_write"("stale_server_id", "table_name", "row_key");

-- CreateIndex
CREATE INDEX "alert_resolved_at_idx" ON "alert"("resolved_at");

-- CreateIndex
CREATE UNIQUE INDEX "notification_channel_name_key" ON "notification_channel"("name");

-- CreateIndex
CREATE INDEX "notification_created_at_idx" ON "notification"("created_at");

-- CreateIndex
CREATE INDEX "notification_delivery_status_next_attempt_at_idx" ON "notification_delivery"("status", "next_attempt_at");

-- CreateIndex
CREATE UNIQUE INDEX "notification_delivery_notification_id_channel_id_key" ON "notification_delivery"("notification_id", "channel_id");

-- CreateIndex
CREATE INDEX "drill_schedule_cell_id_idx" ON "drill_schedule"("cell_id");

-- CreateIndex
CREATE INDEX "cross_region_conflict_case_stale_server_id_idx" ON "cross_region_conflict_case"("stale_server_id");

-- AddForeignKey
ALTER TABLE "auth_passkey" ADD CONSTRAINT "auth_passkey_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "auth_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "request_claim" ADD CONSTRAINT "request_claim_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "operation_request"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "unreplicated_write" ADD CONSTRAINT "unreplicated_write_stale_server_id_fkey" FOREIGN KEY ("stale_server_id") REFERENCES "stale_server"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification_delivery" ADD CONSTRAINT "notification_delivery_notification_id_fkey" FOREIGN KEY ("notification_id") REFERENCES "notification"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification_delivery" ADD CONSTRAINT "notification_delivery_channel_id_fkey" FOREIGN KEY ("channel_id") REFERENCES "notification_channel"("id") ON DELETE RESTRICT ON UPDATE CASCADE;



-- Rules, as in the first rules migration: they hold whoever writes. --------------------------------------------------------

ALTER TABLE cross_region_conflict_case ADD CONSTRAINT ck_conflict_decision CHECK (
  (decision IS NULL OR decision IN ('KEEP_THEIRS', 'KEEP_OURS', 'KEEP_BOTH'))
  AND (decision IS NULL) = (decided_by IS NULL)
  AND (decision IS NULL OR (status = 'RESOLVED' AND resolved_at IS NOT NULL AND length(btrim(resolution_note)) > 0)));
ALTER TABLE person ADD CONSTRAINT ck_person_kind CHECK (kind IN ('human', 'machine'));
ALTER TABLE hold ADD CONSTRAINT ck_hold CHECK (
  kind IN ('incident', 'maintenance') AND level IN ('region', 'cell', 'tenant') AND length(btrim(reason)) > 0
  AND (released_at IS NULL) = (released_by IS NULL) AND (ends_at IS NULL OR ends_at > placed_at));
CREATE UNIQUE INDEX uq_one_open_hold_per_subject ON hold (kind, level, subject) WHERE released_at IS NULL;
ALTER TABLE break_glass ADD CONSTRAINT ck_break_glass_reviewed_by_another CHECK (reviewed_by IS NULL OR reviewed_by <> person_id);
ALTER TABLE break_glass ADD CONSTRAINT ck_break_glass_review CHECK (
  (reviewed_at IS NULL) = (reviewed_by IS NULL) AND (reviewed_at IS NULL OR length(btrim(review)) > 0)
  AND expires_at > started_at AND length(btrim(reason)) > 0);
ALTER TABLE stale_server ADD CONSTRAINT ck_stale_server_status
  CHECK (status IN ('away', 'returned', 'closed', 'extracted', 'rebuilt', 'lost'));
CREATE UNIQUE INDEX uq_one_open_stale_server_per_member ON stale_server (member_id) WHERE status NOT IN ('rebuilt', 'lost');
ALTER TABLE unreplicated_write ADD CONSTRAINT ck_unreplicated_change CHECK (change IN ('insert', 'update', 'delete'));
ALTER TABLE alert ADD CONSTRAINT ck_alert_severity CHECK (severity IN ('critical', 'warning'));
CREATE UNIQUE INDEX uq_one_open_alert_per_cause ON alert (dedupe_key) WHERE resolved_at IS NULL;
ALTER TABLE notification_channel ADD CONSTRAINT ck_channel_kind CHECK (kind IN ('webhook', 'email'));
ALTER TABLE notification_delivery ADD CONSTRAINT ck_delivery_status CHECK (status IN ('queued', 'delivered', 'failed'));
ALTER TABLE readiness_evidence ADD CONSTRAINT ck_readiness_outcome CHECK (outcome IN ('passed', 'failed', 'unknown'));
ALTER TABLE drill_schedule ADD CONSTRAINT ck_drill_schedule CHECK (kind IN ('drill-clone', 'drill-switchover') AND every_days BETWEEN 1 AND 366);
CREATE UNIQUE INDEX uq_one_drill_schedule_per_kind ON drill_schedule (cell_id, kind) WHERE ended_at IS NULL;
ALTER TABLE cell ADD CONSTRAINT ck_write_lease CHECK (write_lease_ms IS NULL OR write_lease_ms BETWEEN 1000 AND 60000);

-- A machine may hold roles, but its votes do not exist; a disabled person casts none.
CREATE FUNCTION forbid_vote_without_human() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM person WHERE id = NEW.person_id AND kind = 'human' AND disabled_at IS NULL) THEN
    RAISE EXCEPTION 'Only an enabled human decides on a request.' USING ERRCODE = '23514', CONSTRAINT = 'ck_only_humans_decide';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER only_humans_decide BEFORE INSERT ON approval FOR EACH ROW EXECUTE FUNCTION forbid_vote_without_human();

-- What a lease was granted bounds what its holder may ever order; after the stop it is final. A new write epoch starts anew.
CREATE FUNCTION forbid_lease_stretch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.epoch < OLD.epoch THEN
    RAISE EXCEPTION 'The write lease of % may not fall from epoch % to %.', OLD.scope, OLD.epoch, NEW.epoch USING ERRCODE = '23514';
  END IF;
  IF NEW.epoch = OLD.epoch AND OLD.stopped_by IS NOT NULL
     AND (NEW.granted_until > OLD.granted_until OR NEW.stopped_by IS DISTINCT FROM OLD.stopped_by) THEN
    RAISE EXCEPTION 'The write lease of % was stopped by an operation: it is not granted again at epoch %.', OLD.scope, OLD.epoch USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER leases_stop_for_good BEFORE UPDATE ON write_lease FOR EACH ROW EXECUTE FUNCTION forbid_lease_stretch();
ALTER TABLE write_lease ADD CONSTRAINT ck_lease_orders_within_grant CHECK (
  (ordered_until IS NULL OR ordered_until <= granted_until) AND (applied_until IS NULL OR applied_until <= granted_until)
  AND (final_until IS NULL OR stopped_by IS NOT NULL));

CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON unreplicated_write FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON stale_server FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON break_glass FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
