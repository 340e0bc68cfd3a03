import type { Mutant } from './mutant'

/** Every bug that the suites must notice. What defends in two places is planted in both: one alone changes nothing. */
export const mutants: readonly Mutant[] = [
  {
    name: 'fence-without-lock',
    bug: 'The gate is closed without waiting for the writers in flight.',
    invariant: 'I2',
    experiment: 'gate',
    gate: [
      {
        function: 'homeport.publish_ticket',
        from: 'ALTER SEQUENCE homeport.write_ticket RESTART;',
        to: `PERFORM setval('homeport.write_ticket', 1, false);`,
      },
    ],
  },
  {
    name: 'gate-not-always',
    bug: 'The trigger of a protected table does not fire for sessions that replay.',
    invariant: 'I2',
    experiment: 'gate',
    gate: [{ statement: 'ALTER TABLE public.record ENABLE TRIGGER "~homeport_gate_insert"' }],
  },
  {
    name: 'late-order-accepted',
    bug: 'An order at an epoch that is over is carried out.',
    invariant: 'I2',
    experiment: 'gate',
    gate: [
      { function: 'homeport.open_gate', from: 'open_gate.epoch < gate.epoch OR ', to: '' },
      { function: 'homeport.guard_write_gate', from: 'NEW.epoch < OLD.epoch', to: 'false' },
    ],
  },
  {
    name: 'undo-thaws-after-fence',
    bug: 'Going back thaws a fenced gate at the epoch of its fence.',
    invariant: 'I1',
    experiment: 'gate',
    gate: [
      { function: 'homeport.thaw_gate', from: `gate.status = 'FENCED' OR `, to: '' },
      {
        function: 'homeport.thaw_gate',
        from: `IF gate.status = 'FROZEN' THEN`,
        to: `IF gate.status <> 'WRITABLE' THEN`,
      },
      { function: 'homeport.guard_write_gate', from: `OLD.status = 'FENCED' AND`, to: 'false AND' },
    ],
  },
  {
    name: 'lease-not-judged-at-commit',
    bug: 'A write that the lease admitted may commit whenever it likes.',
    invariant: 'I1',
    experiment: 'gate',
    gate: [{ function: 'homeport.judge_commit', from: 'NOT homeport.lease_lasts()', to: 'false' }],
  },
  {
    name: 'lease-beyond-grant',
    bug: 'The keeper orders a later end than the catalog has granted.',
    invariant: 'I1',
    experiment: 'lease',
    source: [
      {
        file: 'server/domain/write-leases/decide-order.ts',
        from: `{ kind: 'order', untilMs: known.notedUntilMs }`,
        to: `{ kind: 'order', untilMs: known.notedUntilMs + 20_000 }`,
      },
      {
        file: 'server/domain/write-leases/decide-order.ts',
        from: 'Math.min(nowMs + leaseMs, known.grantedUntilMs)',
        to: 'nowMs + leaseMs + 20_000',
      },
    ],
  },
  {
    name: 'id-tailing-sequencer',
    bug: 'The sequencer takes what was recorded after the last that it numbered, and skips what commits late.',
    invariant: 'I7',
    experiment: 'audit',
    source: [
      {
        file: 'server/domain/audit/sequence-inbox.ts',
        from: 'FROM audit_inbox i JOIN global_audit_event e USING (audit_event_id)',
        to: `FROM global_audit_event e WHERE e.recorded_at > coalesce((SELECT max(x.recorded_at) FROM audit_sequence s
          JOIN global_audit_event x USING (audit_event_id)), '-infinity')`,
      },
    ],
  },
  {
    name: 'audit-outside-the-transaction',
    bug: 'Events are written by a connection of their own.',
    invariant: 'I7',
    experiment: 'approvals',
    catalog: [
      { statement: 'CREATE EXTENSION dblink' },
      {
        statement: `
          CREATE FUNCTION tell_apart() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN
            IF current_setting('application_name') = 'apart' THEN RETURN NEW; END IF;
            PERFORM dblink_exec(format('host=127.0.0.1 port=%s dbname=%s user=%s password={password} application_name=apart',
                current_setting('port'), current_database(), current_user),
              format('INSERT INTO global_audit_event SELECT * FROM jsonb_populate_record(NULL::global_audit_event, %L);
                INSERT INTO audit_inbox (audit_event_id) VALUES (%L)', to_jsonb(NEW), NEW.audit_event_id));
            RETURN NULL;
          END $$`,
      },
      {
        statement:
          'CREATE TRIGGER tell_apart BEFORE INSERT ON global_audit_event FOR EACH ROW EXECUTE FUNCTION tell_apart()',
      },
    ],
  },
  {
    name: 'no-unique-vote',
    bug: 'Votes are counted, not people.',
    invariant: 'I4',
    experiment: 'approvals',
    source: [
      {
        file: 'server/domain/operations/requests/approve-request.ts',
        from: 'await refuseSecondVote(tx, request, principal)\n',
        to: '',
      },
      {
        file: 'server/domain/operations/requests/approve-request.ts',
        from: 'return [...new Set(counted.map((vote) => vote.personId))]',
        to: 'return counted.map((vote) => vote.personId)',
      },
    ],
    catalog: [{ statement: 'DROP INDEX approval_request_id_person_id_key' }],
  },
  {
    name: 'requester-may-approve',
    bug: 'Whoever asks may agree.',
    invariant: 'I4',
    experiment: 'approvals',
    source: [
      {
        file: 'server/domain/operations/requests/whether-to-decide.ts',
        from: 'if (request.requesterId === principal.personId)',
        to: 'if (false)',
      },
      {
        file: 'server/domain/operations/requests/approve-request.ts',
        from: 'vote.personId !== request.requesterId &&',
        to: '',
      },
    ],
    catalog: [{ statement: 'ALTER TABLE approval DROP CONSTRAINT ck_requester_is_not_approver' }],
  },
  {
    name: 'roles-not-read-again',
    bug: 'A vote counts although its voter has lost the role since.',
    invariant: 'I4',
    experiment: 'approvals',
    source: [
      {
        file: 'server/domain/operations/requests/approve-request.ts',
        from: 'eligible.some((person) => person.id === vote.personId),',
        to: 'eligible.length >= 0,',
      },
    ],
  },
  {
    name: 'hash-not-compared',
    bug: 'The plan that is started is not compared with the one that was read.',
    invariant: 'I4',
    experiment: 'approvals',
    source: [
      { file: 'server/domain/operations/requests/judge-request.ts', from: 'hash !== request.planHash || ', to: '' },
    ],
  },
  {
    name: 'plan-may-be-edited',
    bug: 'The table of plans is not append-only.',
    invariant: 'I4',
    experiment: 'approvals',
    catalog: [{ statement: 'DROP TRIGGER append_only ON operation_plan' }],
  },
  {
    name: 'request-not-bound',
    bug: 'A request may be given another plan, quorum or requester.',
    invariant: 'I4',
    experiment: 'approvals',
    catalog: [{ statement: 'DROP TRIGGER requests_end_once ON operation_request' }],
  },
  {
    name: 'expiry-by-app-clock',
    bug: 'Whether a request has expired is judged by the clock of the application, which is two hours behind.',
    invariant: 'I4',
    experiment: 'approvals',
    source: [
      {
        file: 'server/domain/operations/requests/close-request.ts',
        from: 'now: await catalogNow(tx) }',
        to: 'now: new Date((await catalogNow(tx)).getTime() - 7_200_000) }',
      },
    ],
  },
  {
    name: 'world-not-judged-again',
    bug: 'What changed between the plan and the last yes is not looked for.',
    invariant: 'I4',
    experiment: 'approvals',
    source: [
      {
        file: 'server/domain/operations/requests/approve-request.ts',
        from: 'if (judgement.drift.length > 0) {',
        to: 'if (false) {',
      },
    ],
  },
  {
    name: 'lag-0-when-cut',
    bug: 'A standby that has replayed all it received is near, whoever talks to it.',
    invariant: 'I13',
    experiment: 'truth',
    source: [
      {
        file: 'server/engines/postgres/decide-lag.ts',
        from: 'const cut = whyCutOff(standby, bytes)',
        to: 'const cut = null',
      },
      {
        file: 'server/engines/postgres/decide-lag.ts',
        from: 'const distance = lsnDistance(source.lsn, standby.lsn)',
        to: 'const distance = lsnDistance(standby.receivedLsn ?? standby.lsn, standby.lsn)',
      },
    ],
  },
  {
    name: 'tail-skips-deletes',
    bug: 'What the old primary deleted is not read out.',
    invariant: 'I3',
    experiment: 'tail',
    source: [
      {
        file: 'server/engines/postgres/tail/merge.ts',
        from: 'return theirs === null && ours !== null && !ours.isNew ? { key, theirs, ours } : null',
        to: 'return null',
      },
    ],
  },
  {
    name: 'promote-before-receipt',
    bug: 'The fence leaves no receipt behind before the target is promoted.',
    invariant: 'I4',
    experiment: 'forced',
    source: [
      { file: 'server/domain/operations/forced/forced-workflow.ts', from: 'commit: storeForcedReceipt,', to: '' },
    ],
  },
  {
    name: 'unknown-treated-as-done',
    bug: 'A power switch that does not answer is taken to have switched off.',
    invariant: 'I1',
    experiment: 'forced',
    source: [
      {
        file: 'server/domain/operations/forced/fence-old-primary.ts',
        from: 'if (!isCertain) isInDoubt = true',
        to: `if (strength === 'POWERED_OFF') return { says: 'Switched off.', output: { receiptId: randomUUID(), ...nothingSeen, strength,
          closedAt: new Date().toISOString(), evidence: {} } }`,
      },
    ],
  },
  {
    name: 'epoch-cas-without-compare',
    bug: 'The decision sets the writer without comparing which one it was.',
    invariant: 'I1',
    experiment: 'forced',
    source: [
      {
        file: 'server/domain/operations/switchover/move-writer.ts',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a template.
        from: 'WHERE logical_scope = ${plan.scope} AND epoch = ${now} AND active_member = ${plan.source.member}',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: as above.
        to: 'WHERE logical_scope = ${plan.scope}',
      },
    ],
    catalog: [{ statement: 'DROP TRIGGER epochs_only_rise ON region_write_epoch' }],
  },
]
