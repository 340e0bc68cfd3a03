-- How a cell's machines are taken out of service from outside. Null: nobody can, and only what the servers prove counts.
ALTER TABLE "cell" ADD COLUMN     "fencing" JSONB;
ALTER TABLE cell ADD CONSTRAINT ck_cell_fencing CHECK (fencing IS NULL OR fencing ->> 'kind' IN ('http', 'command'));
