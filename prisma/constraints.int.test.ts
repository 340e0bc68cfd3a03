import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { finalOperationStates, operationStates, requestStates, stepStates } from '@/model/states'
import { startCatalog, type TestCatalog } from '@/server/db/testing'

/** Each rule that the schema language cannot say is broken here on purpose, with plain SQL, as a person with psql would. */
let catalog: TestCatalog
let sql: pg.Client
beforeAll(async () => {
  catalog = await startCatalog()
  sql = new pg.Client({ connectionString: catalog.url })
  await sql.connect()
  await insertPerson(requester)
  await insertPerson(approver)
  await insertPerson(machine, { kind: 'machine' })
  await insertPerson(leaver, { disabledAt: new Date() })
})
afterAll(async () => {
  await sql?.end()
  await catalog?.stop()
})

const requester = randomUUID()
const approver = randomUUID()
const machine = randomUUID()
const leaver = randomUUID()
const planHash = 'a'.repeat(64)
let planId: string
let requestId: string
let scope: string

beforeEach(async () => {
  planId = randomUUID()
  requestId = randomUUID()
  scope = `cell:${randomUUID()}`
  await sql.query(
    `INSERT INTO operation_plan (id, kind, scope, hash, body, created_by, expires_at) VALUES ($1, 'k', $2, $3, '{}', $4, now() + '5 min')`,
    [planId, scope, randomUUID(), requester],
  )
  await insertRequest(requestId)
})

function insertPerson(id: string, { kind = 'human', disabledAt }: { kind?: string; disabledAt?: Date } = {}) {
  return sql.query('INSERT INTO person (id, name, email, kind, disabled_at) VALUES ($1, $2, $2, $3, $4)', [
    id,
    `${id}@homeport.test`,
    kind,
    disabledAt ?? null,
  ])
}

function insertRequest(id: string, change: { quorum?: number; reason?: string } = {}) {
  return sql.query(
    `INSERT INTO operation_request (id, code, plan_id, plan_hash, kind, scope, requester_id, reason, status, quorum, approve_by, run_by, idempotency_key)
     VALUES ($1, $2, $3, $4, 'k', $5, $6, $7, 'waiting', $8, now() + '15 min', now() + '30 min', gen_random_uuid())`,
    [id, `S-${id}`, planId, planHash, scope, requester, change.reason ?? 'why', change.quorum ?? 1],
  )
}

function insertApproval(personId: string, claimedRequester = requester) {
  return sql.query(
    `INSERT INTO approval (id, request_id, requester_id, plan_hash, person_id, decision, reason, authenticated_at)
     VALUES (gen_random_uuid(), $1, $2, $3, $4, 'approve', 'because', now())`,
    [requestId, claimedRequester, planHash, personId],
  )
}

function insertOperation(status: string, change: { pastReturn?: boolean } = {}) {
  return sql.query(
    `INSERT INTO operation (id, code, kind, workflow_version, scope, plan_id, started_by, status, point_of_no_return_at)
     VALUES (gen_random_uuid(), gen_random_uuid()::text, 'k', 1, $1, $2, $3, $4, $5)`,
    [scope, planId, requester, status, change.pastReturn ? new Date() : null],
  )
}

const setEpoch = (epoch: number, member: string) =>
  sql.query(
    `INSERT INTO region_write_epoch (logical_scope, active_region, active_member, epoch, status) VALUES ($1, 'eu-west-1', $3, $2, 'WRITABLE')
     ON CONFLICT (logical_scope) DO UPDATE SET epoch = $2, active_member = $3`,
    [scope, epoch, member],
  )

describe('the catalog refuses', () => {
  test.each<[string, () => Promise<unknown>, RegExp]>([
    ['a vote by the requester', () => insertApproval(requester), /ck_requester_is_not_approver/],
    [
      'a vote that lies about the requester',
      () => insertApproval(requester, approver),
      /approval_request_id_requester_id_fkey/,
    ],
    [
      'a second vote by the same person',
      () => insertApproval(approver).then(() => insertApproval(approver)),
      /approval_request_id_person_id_key/,
    ],
    ['a vote by a machine', () => insertApproval(machine), /Only an enabled human decides/],
    ['a vote by somebody who was disabled', () => insertApproval(leaver), /Only an enabled human decides/],
    ['a second open request of one scope', () => insertRequest(randomUUID()), /uq_one_open_request_per_scope/],
    ['a request without a reason', () => insertRequest(randomUUID(), { reason: '  ' }), /ck_reason_given/],
    ['a request that nobody need approve', () => insertRequest(randomUUID(), { quorum: 0 }), /ck_quorum/],
    [
      'a second active operation of one scope',
      () => insertOperation('running').then(() => insertOperation('queued')),
      /uq_one_active_operation_per_scope/,
    ],
    ['an operation state nobody knows', () => insertOperation('sideways'), /ck_operation_status/],
    ['an epoch that falls', () => setEpoch(7, 'a').then(() => setEpoch(6, 'a')), /may not fall from 7 to 6/],
    ['a new writer at the same epoch', () => setEpoch(7, 'a').then(() => setEpoch(7, 'b')), /without a new epoch/],
    [
      'the removal of an epoch',
      () => setEpoch(7, 'a').then(() => sql.query('DELETE FROM region_write_epoch WHERE logical_scope = $1', [scope])),
      /may not be deleted/,
    ],
    [
      'an edited plan',
      () => sql.query(`UPDATE operation_plan SET body = '{"target":"other"}' WHERE id = $1`, [planId]),
      /append-only/,
    ],
    [
      'an edited vote',
      () => insertApproval(approver).then(() => sql.query(`UPDATE approval SET decision = 'reject'`)),
      /append-only/,
    ],
    [
      'a request that comes back to life',
      () => closeRequest('expired').then(() => closeRequest('waiting')),
      /stays so/,
    ],
    [
      'a request that changes its plan',
      () => sql.query(`UPDATE operation_request SET plan_hash = 'b' WHERE id = $1`, [requestId]),
      /bound to its plan/,
    ],
    [
      'a request whose quorum is lowered',
      () => sql.query('UPDATE operation_request SET quorum = 0 WHERE id = $1', [requestId]),
      /bound to its plan/,
    ],
    [
      'an operation that comes back to life',
      () => insertOperation('done').then(() => moveOperation('running')),
      /stays so/,
    ],
    [
      'going back past the point of no return',
      () => insertOperation('running', { pastReturn: true }).then(() => moveOperation('undoing')),
      /point of no return/,
    ],
    [
      'a lease that is granted again after it was stopped',
      () =>
        insertLease().then(() =>
          sql.query(`UPDATE write_lease SET granted_until = now() + '1 h' WHERE scope = $1`, [scope]),
        ),
      /was stopped by an operation/,
    ],
    [
      'a lease order beyond its grant',
      () =>
        insertLease().then(() =>
          sql.query(`UPDATE write_lease SET ordered_until = granted_until + '1 s' WHERE scope = $1`, [scope]),
        ),
      /ck_lease_orders_within_grant/,
    ],
    [
      'a break-glass review by the one who broke it',
      () =>
        sql.query(
          `INSERT INTO break_glass (id, request_id, person_id, scope, reason, rules, started_at, expires_at, reviewed_at, reviewed_by, review)
           VALUES (gen_random_uuid(), $1, $2, $3, 'why', '[]', now(), now() + '30 min', now(), $2, 'fine')`,
          [requestId, requester, scope],
        ),
      /ck_break_glass_reviewed_by_another/,
    ],
    ['a proven fence without its facts', insertEmptyReceipt, /ck_proven_fence_has_facts/],
  ])('%s', async (_, breakRule, says) => {
    await expect(breakRule()).rejects.toThrow(says)
  })

  test('only one of fifty simultaneous votes by one person', async () => {
    const votes = await Promise.allSettled(
      Array.from({ length: 50 }, () =>
        catalog.db.approval.create({
          data: {
            requestId,
            requesterId: requester,
            planHash,
            personId: approver,
            decision: 'approve',
            reason: 'r',
            authenticatedAt: new Date(),
          },
        }),
      ),
    )
    expect(votes.filter((vote) => vote.status === 'fulfilled')).toHaveLength(1)
  })
})

const closeRequest = (status: string) =>
  sql.query('UPDATE operation_request SET status = $2 WHERE id = $1', [requestId, status])
const moveOperation = (status: string) =>
  sql.query('UPDATE operation SET status = $2 WHERE scope = $1', [scope, status])

function insertLease() {
  return sql.query(
    `INSERT INTO write_lease (scope, epoch, member_id, granted_until, stopped_by, updated_at) VALUES ($1, 7, 'm', now(), gen_random_uuid(), now())`,
    [scope],
  )
}

async function insertEmptyReceipt(): Promise<void> {
  await insertOperation('running')
  await sql.query(
    `INSERT INTO fence_receipt (id, operation_id, scope, member_id, strength, epoch, vantage_region, evidence)
     SELECT gen_random_uuid(), id, scope, 'm', 'PROVEN', 1, 'eu-west-1', '{}' FROM operation WHERE scope = $1`,
    [scope],
  )
}

describe('the catalog agrees with the code', () => {
  test.each([
    ['ck_request_status', requestStates],
    ['ck_operation_status', operationStates],
    ['ck_step_status', stepStates],
  ])('%s lists the states of the model', async (constraint, states) => {
    const { rows } = await sql.query(
      'SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = $1',
      [constraint],
    )
    const listed = [...String(rows[0].definition).matchAll(/'([^']+)'/g)].map((match) => match[1])
    expect(listed.sort()).toEqual([...states].sort())
  })

  test('operations that count as ended are those of the model', async () => {
    const { rows } = await sql.query(
      `SELECT indexdef FROM pg_indexes WHERE indexname = 'uq_one_active_operation_per_scope'`,
    )
    const ended = [
      ...String(rows[0].indexdef)
        .split('WHERE')[1]!
        .matchAll(/'([^']+)'/g),
    ].map((match) => match[1])
    expect(ended.sort()).toEqual([...finalOperationStates].sort())
  })

  test('schema.prisma and the migrations say the same', async () => {
    const diff = [
      'migrate',
      'diff',
      '--from-migrations',
      'prisma/migrations',
      '--to-schema',
      'prisma/schema.prisma',
      '--exit-code',
    ]
    const { stdout } = await promisify(execFile)('node_modules/.bin/prisma', diff, {
      env: { ...process.env, DATABASE_URL: catalog.url },
    })
    expect(stdout).toContain('No difference detected')
  })

  test('no applied migration was edited afterwards', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['prisma/tools/check-migrations.mjs'], {
      env: { ...process.env, DATABASE_URL: catalog.url },
    })
    expect(stdout).toContain('all as applied')
  })
})
