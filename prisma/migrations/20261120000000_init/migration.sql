-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "region" (
    "code" TEXT NOT NULL,
    "city" TEXT NOT NULL,
    "country" TEXT NOT NULL,
    "jurisdiction" TEXT NOT NULL,
    "in_eea" BOOLEAN NOT NULL,
    "lat" DOUBLE PRECISION NOT NULL,
    "lon" DOUBLE PRECISION NOT NULL,

    CONSTRAINT "region_pkey" PRIMARY KEY ("code")
);

-- CreateTable
CREATE TABLE "region_link" (
    "from_region" TEXT NOT NULL,
    "to_region" TEXT NOT NULL,
    "budget_rtt_ms" DOUBLE PRECISION NOT NULL,
    "basis" TEXT NOT NULL,

    CONSTRAINT "region_link_pkey" PRIMARY KEY ("from_region","to_region")
);

-- CreateTable
CREATE TABLE "cell" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "engine" TEXT NOT NULL,
    "database" TEXT NOT NULL,
    "admin_user" TEXT NOT NULL,
    "admin_secret_ref" TEXT NOT NULL,
    "app_user" TEXT NOT NULL,
    "app_secret_ref" TEXT NOT NULL,
    "rpo_objective_ms" INTEGER NOT NULL,
    "rto_objective_ms" INTEGER NOT NULL,
    "lag_ms_max" INTEGER NOT NULL,

    CONSTRAINT "cell_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "cell_member" (
    "id" TEXT NOT NULL,
    "cell_id" TEXT NOT NULL,
    "region_code" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "port" INTEGER NOT NULL,

    CONSTRAINT "cell_member_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "member_path" (
    "vantage_region" TEXT NOT NULL,
    "member_id" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "port" INTEGER NOT NULL,

    CONSTRAINT "member_path_pkey" PRIMARY KEY ("vantage_region","member_id")
);

-- CreateTable
CREATE TABLE "residency_policy" (
    "policy_code" TEXT NOT NULL,
    "allowed_regions" TEXT[],
    "backup_regions" TEXT[],
    "analytics_allowed" BOOLEAN NOT NULL,
    "cross_border_export_allowed" BOOLEAN NOT NULL,
    "description" TEXT NOT NULL,
    "effective_from" DATE NOT NULL,
    "effective_to" DATE,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "residency_policy_pkey" PRIMARY KEY ("policy_code")
);

-- CreateTable
CREATE TABLE "tenant_region_assignment" (
    "tenant_id" UUID NOT NULL,
    "home_region" TEXT NOT NULL,
    "residency_policy" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "name" TEXT NOT NULL,
    "cell_id" TEXT NOT NULL,
    "region_epoch" BIGINT NOT NULL DEFAULT 1,

    CONSTRAINT "tenant_region_assignment_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "entity_home_region" (
    "entity_type" TEXT NOT NULL,
    "entity_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "home_region" TEXT NOT NULL,
    "region_epoch" BIGINT NOT NULL DEFAULT 1,
    "assigned_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "entity_home_region_pkey" PRIMARY KEY ("entity_type","entity_id")
);

-- CreateTable
CREATE TABLE "region_write_epoch" (
    "logical_scope" TEXT NOT NULL,
    "active_region" TEXT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "status" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "active_member" TEXT NOT NULL,
    "operation_id" UUID,

    CONSTRAINT "region_write_epoch_pkey" PRIMARY KEY ("logical_scope")
);

-- CreateTable
CREATE TABLE "tenant_region_migration" (
    "migration_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "source_region" TEXT NOT NULL,
    "target_region" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(6),
    "cutover_at" TIMESTAMPTZ(6),
    "completed_at" TIMESTAMPTZ(6),
    "validation_summary" JSONB,
    "error_message" TEXT,

    CONSTRAINT "tenant_region_migration_pkey" PRIMARY KEY ("migration_id")
);

-- CreateTable
CREATE TABLE "cross_region_conflict_case" (
    "conflict_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "aggregate_type" TEXT NOT NULL,
    "aggregate_id" UUID NOT NULL,
    "home_region" TEXT NOT NULL,
    "conflicting_region" TEXT NOT NULL,
    "conflict_type" TEXT NOT NULL,
    "local_version" BIGINT,
    "remote_version" BIGINT,
    "payload" JSONB NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'OPEN',
    "detected_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_at" TIMESTAMPTZ(6),
    "resolution_note" TEXT,

    CONSTRAINT "cross_region_conflict_case_pkey" PRIMARY KEY ("conflict_id")
);

-- CreateTable
CREATE TABLE "person" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "disabled_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "role_grant" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "role" TEXT NOT NULL,
    "granted_by" UUID,
    "granted_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(6),

    CONSTRAINT "role_grant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "auth_user" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,
    "two_factor_enabled" BOOLEAN DEFAULT false,
    "person_id" UUID,

    CONSTRAINT "auth_user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "auth_session" (
    "id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "token" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "user_id" TEXT NOT NULL,
    "stepped_up_at" TIMESTAMPTZ(6),

    CONSTRAINT "auth_session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "auth_account" (
    "id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "access_token" TEXT,
    "refresh_token" TEXT,
    "id_token" TEXT,
    "access_token_expires_at" TIMESTAMPTZ(6),
    "refresh_token_expires_at" TIMESTAMPTZ(6),
    "scope" TEXT,
    "password" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "auth_account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "auth_verification" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "auth_verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "auth_two_factor" (
    "id" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "backup_codes" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "verified" BOOLEAN DEFAULT true,
    "failed_verification_count" INTEGER DEFAULT 0,
    "locked_until" TIMESTAMPTZ(6),

    CONSTRAINT "auth_two_factor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "auth_rate_limit" (
    "id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "last_request" BIGINT NOT NULL,

    CONSTRAINT "auth_rate_limit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operation_plan" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "created_by" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "operation_plan_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operation_request" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "plan_id" UUID NOT NULL,
    "plan_hash" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "requester_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "incident_ref" TEXT,
    "status" TEXT NOT NULL,
    "quorum" INTEGER NOT NULL,
    "approve_by" TIMESTAMPTZ(6) NOT NULL,
    "run_by" TIMESTAMPTZ(6) NOT NULL,
    "idempotency_key" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closed_at" TIMESTAMPTZ(6),
    "closed_reason" TEXT,
    "drift" JSONB,

    CONSTRAINT "operation_request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approval" (
    "id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "requester_id" UUID NOT NULL,
    "plan_hash" TEXT NOT NULL,
    "person_id" UUID NOT NULL,
    "decision" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "authenticated_at" TIMESTAMPTZ(6) NOT NULL,
    "decided_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "approval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operation" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "workflow_version" INTEGER NOT NULL,
    "scope" TEXT NOT NULL,
    "plan_id" UUID NOT NULL,
    "request_id" UUID,
    "started_by" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "status_reason" TEXT,
    "abort_requested_at" TIMESTAMPTZ(6),
    "pause_requested_at" TIMESTAMPTZ(6),
    "lease_holder" TEXT,
    "lease_epoch" BIGINT NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(6),
    "heartbeat_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(6),
    "point_of_no_return_at" TIMESTAMPTZ(6),
    "finished_at" TIMESTAMPTZ(6),
    "report" JSONB,

    CONSTRAINT "operation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operation_step" (
    "operation_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "undoable" BOOLEAN NOT NULL,
    "past_return" BOOLEAN NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "lease_epoch" BIGINT,
    "started_at" TIMESTAMPTZ(6),
    "deadline_at" TIMESTAMPTZ(6),
    "finished_at" TIMESTAMPTZ(6),
    "says" TEXT,
    "error" TEXT,
    "output" JSONB,

    CONSTRAINT "operation_step_pkey" PRIMARY KEY ("operation_id","position")
);

-- CreateTable
CREATE TABLE "fence_receipt" (
    "id" UUID NOT NULL,
    "operation_id" UUID NOT NULL,
    "scope" TEXT NOT NULL,
    "member_id" TEXT NOT NULL,
    "strength" TEXT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "system_identifier" TEXT,
    "timeline" INTEGER,
    "lsn" TEXT,
    "refusal_code" TEXT,
    "refusal_sqlstate" TEXT,
    "vantage_region" TEXT NOT NULL,
    "evidence" JSONB NOT NULL,
    "taken_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "fence_receipt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "probe_observation" (
    "vantage_region" TEXT NOT NULL,
    "member_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "latency_ms" DOUBLE PRECISION,
    "detail" TEXT,
    "observed_at" TIMESTAMPTZ(6) NOT NULL,
    "outcome_since" TIMESTAMPTZ(6) NOT NULL,
    "last_ok_at" TIMESTAMPTZ(6),
    "last_ok_ms" DOUBLE PRECISION,

    CONSTRAINT "probe_observation_pkey" PRIMARY KEY ("vantage_region","member_id","kind")
);

-- CreateTable
CREATE TABLE "probe_sample" (
    "bucket_at" TIMESTAMPTZ(6) NOT NULL,
    "vantage_region" TEXT NOT NULL,
    "member_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "ok_count" INTEGER NOT NULL,
    "refused_count" INTEGER NOT NULL,
    "failed_count" INTEGER NOT NULL,
    "histogram" JSONB NOT NULL,

    CONSTRAINT "probe_sample_pkey" PRIMARY KEY ("vantage_region","member_id","kind","bucket_at")
);

-- CreateTable
CREATE TABLE "member_observation" (
    "member_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "role" TEXT,
    "system_identifier" TEXT,
    "timeline" INTEGER,
    "lsn" TEXT,
    "receiver_status" TEXT,
    "upstream_member" TEXT,
    "gate_status" TEXT,
    "gate_epoch" BIGINT,
    "gate_region" TEXT,
    "unprotected" TEXT[],
    "prepared_count" INTEGER,
    "clock_skew_ms" DOUBLE PRECISION,
    "server_version" TEXT,
    "detail" TEXT,
    "vantage_region" TEXT NOT NULL,
    "observed_at" TIMESTAMPTZ(6) NOT NULL,
    "last_reachable_at" TIMESTAMPTZ(6),

    CONSTRAINT "member_observation_pkey" PRIMARY KEY ("member_id")
);

-- CreateTable
CREATE TABLE "lag_sample" (
    "sampled_at" TIMESTAMPTZ(6) NOT NULL,
    "source_member" TEXT NOT NULL,
    "target_member" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "bytes" BIGINT,
    "heartbeat_age_ms" DOUBLE PRECISION,
    "engine_lag_ms" DOUBLE PRECISION,

    CONSTRAINT "lag_sample_pkey" PRIMARY KEY ("target_member","sampled_at")
);

-- CreateTable
CREATE TABLE "traffic_sample" (
    "bucket_at" TIMESTAMPTZ(6) NOT NULL,
    "user_region" TEXT NOT NULL,
    "cell_id" TEXT NOT NULL,
    "writes_acked" INTEGER NOT NULL,
    "reads_ok" INTEGER NOT NULL,
    "reads_stale" INTEGER NOT NULL,
    "failed" INTEGER NOT NULL,
    "refused" JSONB NOT NULL,
    "write_latency" JSONB NOT NULL,
    "read_latency" JSONB NOT NULL,

    CONSTRAINT "traffic_sample_pkey" PRIMARY KEY ("user_region","cell_id","bucket_at")
);

-- CreateTable
CREATE TABLE "traffic_epoch" (
    "scope" TEXT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "region" TEXT NOT NULL,
    "first_ack_at" TIMESTAMPTZ(6) NOT NULL,
    "last_ack_at" TIMESTAMPTZ(6) NOT NULL,
    "acked" BIGINT NOT NULL,
    "gap_ms_p99" DOUBLE PRECISION,

    CONSTRAINT "traffic_epoch_pkey" PRIMARY KEY ("scope","epoch")
);

-- CreateTable
CREATE TABLE "process_heartbeat" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "region_code" TEXT NOT NULL,
    "build" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "heartbeat_at" TIMESTAMPTZ(6) NOT NULL,
    "detail" JSONB,

    CONSTRAINT "process_heartbeat_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "lease" (
    "name" TEXT NOT NULL,
    "holder" TEXT,
    "epoch" BIGINT NOT NULL DEFAULT 0,
    "until" TIMESTAMPTZ(6),

    CONSTRAINT "lease_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "global_audit_event" (
    "audit_event_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "home_region" TEXT NOT NULL,
    "actor_id" UUID,
    "action_type" TEXT NOT NULL,
    "aggregate_type" TEXT NOT NULL,
    "aggregate_id" UUID NOT NULL,
    "aggregate_version" BIGINT,
    "command_id" UUID,
    "correlation_id" TEXT,
    "causation_id" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "payload_hash" TEXT NOT NULL,
    "metadata" JSONB NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "scope" TEXT,
    "epoch" BIGINT,
    "body" TEXT NOT NULL,

    CONSTRAINT "global_audit_event_pkey" PRIMARY KEY ("audit_event_id")
);

-- CreateTable
CREATE TABLE "audit_inbox" (
    "audit_event_id" UUID NOT NULL,
    "inserted_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_inbox_pkey" PRIMARY KEY ("audit_event_id")
);

-- CreateTable
CREATE TABLE "audit_sequence" (
    "seq" BIGINT NOT NULL,
    "audit_event_id" UUID NOT NULL,
    "leaf_hash" TEXT NOT NULL,
    "chain_hash" TEXT NOT NULL,
    "sequenced_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lease_epoch" BIGINT NOT NULL,

    CONSTRAINT "audit_sequence_pkey" PRIMARY KEY ("seq")
);

-- CreateIndex
CREATE UNIQUE INDEX "cell_scope_key" ON "cell"("scope");

-- CreateIndex
CREATE INDEX "cell_member_cell_id_idx" ON "cell_member"("cell_id");

-- CreateIndex
CREATE UNIQUE INDEX "tenant_region_assignment_name_key" ON "tenant_region_assignment"("name");

-- CreateIndex
CREATE INDEX "tenant_region_assignment_cell_id_idx" ON "tenant_region_assignment"("cell_id");

-- CreateIndex
CREATE INDEX "tenant_region_assignment_home_region_idx" ON "tenant_region_assignment"("home_region");

-- CreateIndex
CREATE INDEX "ix_entity_home_tenant" ON "entity_home_region"("tenant_id", "entity_type", "home_region");

-- CreateIndex
CREATE INDEX "tenant_region_migration_tenant_id_idx" ON "tenant_region_migration"("tenant_id");

-- CreateIndex
CREATE INDEX "cross_region_conflict_case_tenant_id_status_idx" ON "cross_region_conflict_case"("tenant_id", "status");

-- CreateIndex
CREATE UNIQUE INDEX "person_email_key" ON "person"("email");

-- CreateIndex
CREATE INDEX "role_grant_person_id_idx" ON "role_grant"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "auth_user_email_key" ON "auth_user"("email");

-- CreateIndex
CREATE UNIQUE INDEX "auth_session_token_key" ON "auth_session"("token");

-- CreateIndex
CREATE INDEX "auth_session_user_id_idx" ON "auth_session"("user_id");

-- CreateIndex
CREATE INDEX "auth_account_user_id_idx" ON "auth_account"("user_id");

-- CreateIndex
CREATE INDEX "auth_verification_identifier_idx" ON "auth_verification"("identifier");

-- CreateIndex
CREATE INDEX "auth_two_factor_secret_idx" ON "auth_two_factor"("secret");

-- CreateIndex
CREATE INDEX "auth_two_factor_user_id_idx" ON "auth_two_factor"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "auth_rate_limit_key_key" ON "auth_rate_limit"("key");

-- CreateIndex
CREATE UNIQUE INDEX "operation_plan_hash_key" ON "operation_plan"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "operation_request_code_key" ON "operation_request"("code");

-- CreateIndex
CREATE UNIQUE INDEX "operation_request_idempotency_key_key" ON "operation_request"("idempotency_key");

-- CreateIndex
CREATE INDEX "operation_request_status_approve_by_idx" ON "operation_request"("status", "approve_by");

-- CreateIndex
CREATE UNIQUE INDEX "operation_request_id_requester_id_key" ON "operation_request"("id", "requester_id");

-- CreateIndex
CREATE UNIQUE INDEX "approval_request_id_person_id_key" ON "approval"("request_id", "person_id");

-- CreateIndex
CREATE UNIQUE INDEX "operation_code_key" ON "operation"("code");

-- CreateIndex
CREATE UNIQUE INDEX "operation_request_id_key" ON "operation"("request_id");

-- CreateIndex
CREATE INDEX "operation_status_idx" ON "operation"("status");

-- CreateIndex
CREATE INDEX "operation_scope_created_at_idx" ON "operation"("scope", "created_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "operation_step_operation_id_name_key" ON "operation_step"("operation_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "fence_receipt_operation_id_member_id_strength_key" ON "fence_receipt"("operation_id", "member_id", "strength");

-- CreateIndex
CREATE INDEX "probe_sample_bucket_at_idx" ON "probe_sample"("bucket_at");

-- CreateIndex
CREATE INDEX "lag_sample_sampled_at_idx" ON "lag_sample"("sampled_at");

-- CreateIndex
CREATE INDEX "traffic_sample_bucket_at_idx" ON "traffic_sample"("bucket_at");

-- CreateIndex
CREATE INDEX "global_audit_event_scope_recorded_at_idx" ON "global_audit_event"("scope", "recorded_at" DESC);

-- CreateIndex
CREATE INDEX "global_audit_event_aggregate_type_aggregate_id_idx" ON "global_audit_event"("aggregate_type", "aggregate_id");

-- CreateIndex
CREATE INDEX "global_audit_event_correlation_id_idx" ON "global_audit_event"("correlation_id");

-- CreateIndex
CREATE UNIQUE INDEX "audit_sequence_audit_event_id_key" ON "audit_sequence"("audit_event_id");

-- AddForeignKey
ALTER TABLE "cell_member" ADD CONSTRAINT "cell_member_cell_id_fkey" FOREIGN KEY ("cell_id") REFERENCES "cell"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "cell_member" ADD CONSTRAINT "cell_member_region_code_fkey" FOREIGN KEY ("region_code") REFERENCES "region"("code") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member_path" ADD CONSTRAINT "member_path_vantage_region_fkey" FOREIGN KEY ("vantage_region") REFERENCES "region"("code") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member_path" ADD CONSTRAINT "member_path_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "cell_member"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tenant_region_assignment" ADD CONSTRAINT "tenant_region_assignment_residency_policy_fkey" FOREIGN KEY ("residency_policy") REFERENCES "residency_policy"("policy_code") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tenant_region_assignment" ADD CONSTRAINT "tenant_region_assignment_cell_id_fkey" FOREIGN KEY ("cell_id") REFERENCES "cell"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "role_grant" ADD CONSTRAINT "role_grant_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "auth_user" ADD CONSTRAINT "auth_user_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "auth_session" ADD CONSTRAINT "auth_session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "auth_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "auth_account" ADD CONSTRAINT "auth_account_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "auth_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "auth_two_factor" ADD CONSTRAINT "auth_two_factor_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "auth_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operation_request" ADD CONSTRAINT "operation_request_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "operation_plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval" ADD CONSTRAINT "approval_request_id_requester_id_fkey" FOREIGN KEY ("request_id", "requester_id") REFERENCES "operation_request"("id", "requester_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operation" ADD CONSTRAINT "operation_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "operation_plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operation" ADD CONSTRAINT "operation_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "operation_request"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operation_step" ADD CONSTRAINT "operation_step_operation_id_fkey" FOREIGN KEY ("operation_id") REFERENCES "operation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "fence_receipt" ADD CONSTRAINT "fence_receipt_operation_id_fkey" FOREIGN KEY ("operation_id") REFERENCES "operation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_sequence" ADD CONSTRAINT "audit_sequence_audit_event_id_fkey" FOREIGN KEY ("audit_event_id") REFERENCES "global_audit_event"("audit_event_id") ON DELETE RESTRICT ON UPDATE CASCADE;

