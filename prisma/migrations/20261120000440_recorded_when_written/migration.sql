-- An event is recorded when it is written, not when its transaction began: one that waited for another change comes after it.
ALTER TABLE "global_audit_event" ALTER COLUMN     "recorded_at" SET DEFAULT clock_timestamp();
