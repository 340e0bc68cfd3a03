-- How far a probe came that got no answer: a host that refuses is not a host that is silent. Null where there was an answer,
-- and where a kept connection failed, which says nothing about new ones.
ALTER TABLE "probe_observation" ADD COLUMN     "reach" TEXT;
ALTER TABLE probe_observation ADD CONSTRAINT ck_probe_reach
  CHECK (reach IS NULL OR reach IN ('nothing', 'refused', 'accepted', 'stranger'));
