-- Planning counts and hashes every tenant of a cell by its policy: from this index alone, in its order.
-- DropIndex
DROP INDEX "tenant_region_assignment_cell_id_idx";

-- CreateIndex
CREATE INDEX "tenant_region_assignment_cell_id_residency_policy_tenant_id_idx" ON "tenant_region_assignment"("cell_id", "residency_policy", "tenant_id");
