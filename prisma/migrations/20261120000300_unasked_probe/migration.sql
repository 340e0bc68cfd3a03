-- A probe that the console itself could not make is told apart from a server that answered with an error.
ALTER TABLE probe_observation DROP CONSTRAINT ck_probe;
ALTER TABLE probe_observation ADD CONSTRAINT ck_probe CHECK (
  kind IN ('connect', 'read', 'write') AND outcome IN ('ok', 'refused', 'timeout', 'unreachable', 'error', 'unasked'));
