import { randomUUID } from 'node:crypto'
import { type Client, DatabaseError, type QueryConfig } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '@/server/fleet/testing'
import { openGate, readGate } from './index'
import {
  AHEAD_MS_MAX,
  beginCommand,
  countRecords,
  createGatedDatabase,
  EPOCH,
  type GatedDatabase,
  type Isolation,
  insertRecord,
  leaseRunsOut,
  outcomeFrom,
  REGION,
  renewLease,
  runCommand,
} from './testing'
import { freezeGate, listUnprotected, thawGate } from './testing-commands'

const ISOLATIONS: Isolation[] = ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE']
const SHORT_MS = 150
const LONG_MS = 60_000

let server: TestServer
let gated: GatedDatabase

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())
beforeEach(async () => {
  gated = await createGatedDatabase(server)
})
afterEach(() => gated?.close())

const write = () => insertRecord(gated.tenantId)

describe('renewing', () => {
  test('the first one waits for the writers in flight, who passed without a lease; the others wait for nobody', async () => {
    const writer = await gated.connect('app')
    await beginCommand(writer)
    await writer.query(write())
    await gated.admin.query(`SET lock_timeout = '100ms'`)
    expect(await outcomeFrom(renewLease(gated.admin, gated.opened, LONG_MS))).toBe('SQLSTATE 55P03')
    expect((await readGate(gated.admin)).gate?.leaseUntil).toBeNull()
    await writer.query('COMMIT')

    const until = await renewLease(gated.admin, gated.opened, LONG_MS)
    expect(await readGate(gated.admin)).toMatchObject({ gate: { leaseUntil: until }, isAccepting: true })
    await beginCommand(writer)
    await writer.query(write())
    expect(await outcomeFrom(renewLease(gated.admin, gated.opened, LONG_MS))).toBe('done')
    await writer.query('COMMIT')
  })

  test('writers do not queue behind one that is under way', async () => {
    await renewLease(gated.admin, gated.opened, LONG_MS)
    const keeper = await gated.connect('admin')
    await keeper.query('BEGIN')
    await renewLease(keeper, gated.opened, LONG_MS)
    const writer = await gated.connect('app')
    await writer.query(`SET lock_timeout = '100ms'`)
    expect(await runCommand(writer, write())).toBe('done')
    await keeper.query('COMMIT')
  })

  test('never goes back, whatever arrives late or twice', async () => {
    const late = await renewLease(gated.admin, gated.opened, LONG_MS)
    expect(await renewLease(gated.admin, gated.opened, 1_000)).toEqual(late)
    await gated.admin.query('SELECT homeport.renew_lease($1, $2, $3, $4)', [
      gated.opened.scope,
      EPOCH,
      late,
      AHEAD_MS_MAX,
    ])
    expect((await readGate(gated.admin)).gate?.leaseUntil).toEqual(late)
  })

  test.each([
    ['an instant that has passed', `clock_timestamp() - interval '1 ms'`],
    ['an instant too far ahead', `clock_timestamp() + interval '63 s'`],
    ['no instant at all', `'infinity'`],
    ['the beginning of time', `'-infinity'`],
  ])('%s is refused', async (_, until) => {
    const order = gated.admin.query(`SELECT homeport.renew_lease($1, $2, ${until}, $3)`, [
      gated.opened.scope,
      EPOCH,
      AHEAD_MS_MAX,
    ])
    expect(await outcomeFrom(order)).toBe('STATUS_CONFLICT')
    expect((await readGate(gated.admin)).gate?.leaseUntil).toBeNull()
  })

  test('is refused at another epoch, by a gate that is closed, and by a server that the gate does not name', async () => {
    const { admin, opened } = gated
    for (const epoch of [EPOCH - 1, EPOCH + 1])
      expect(await outcomeFrom(renewLease(admin, { ...opened, epoch }, LONG_MS))).toBe('STALE_SCOPE_EPOCH')
    await freezeGate(admin, opened)
    expect(await outcomeFrom(renewLease(admin, opened, LONG_MS))).toBe('STATUS_CONFLICT')
    await thawGate(admin, opened)
    await admin.query(`UPDATE homeport.write_gate SET server_name = 'homeport/elsewhere/eu-west-1'`)
    expect(await outcomeFrom(renewLease(admin, opened, LONG_MS))).toBe('WRONG_REGION')
  })

  test('a new epoch begins without a lease, and an order of the old one does not give it one', async () => {
    await renewLease(gated.admin, gated.opened, SHORT_MS)
    await openGate(gated.admin, { ...gated.opened, epoch: EPOCH + 1, operationId: randomUUID(), region: REGION })
    expect(await outcomeFrom(renewLease(gated.admin, gated.opened, LONG_MS))).toBe('STALE_SCOPE_EPOCH')
    await leaseRunsOut(gated.admin)
    const writer = await gated.connect('app')
    expect(await runCommand(writer, write(), { scopeEpoch: String(EPOCH + 1) })).toBe('done')
  })

  test('a thaw does not prolong it', async () => {
    await renewLease(gated.admin, gated.opened, SHORT_MS)
    await freezeGate(gated.admin, gated.opened)
    await leaseRunsOut(gated.admin)
    await thawGate(gated.admin, gated.opened)
    expect(await runCommand(await gated.connect('app'), write())).toBe('REGION_READ_ONLY')
  })
})

describe('once it has run out', () => {
  test('a write is refused with the reason, and admitted again when it is renewed', async () => {
    const writer = await gated.connect('app')
    await renewLease(gated.admin, gated.opened, SHORT_MS)
    expect(await runCommand(writer, write())).toBe('done')
    await leaseRunsOut(gated.admin)
    expect(await detailOf(writer, write())).toMatch(/^The write lease of cell:dub ran out at .* and was not renewed\.$/)
    expect((await readGate(gated.admin)).isAccepting).toBe(false)
    await renewLease(gated.admin, gated.opened, LONG_MS)
    expect(await runCommand(writer, write())).toBe('done')
  })

  test('a clock that was set back behind the last renewal does not revive it', async () => {
    const writer = await gated.connect('app')
    await renewLease(gated.admin, gated.opened, LONG_MS)
    // What the server would find had its clock been set back by two hours since.
    await gated.admin.query(`SELECT setval('homeport.lease_clock', last_value + 7200000) FROM homeport.lease_clock`)
    await gated.admin.query(`SELECT setval('homeport.lease_end', last_value + 7200000) FROM homeport.lease_end`)
    expect(await detailOf(writer, write())).toMatch(/the clock of this server was set back/)
    await renewLease(gated.admin, gated.opened, LONG_MS)
    expect(await runCommand(writer, write())).toBe('done')
  })

  describe.each(ISOLATIONS)('a transaction that wrote before, at %s,', (isolation) => {
    test.each([
      ['', ''],
      [' with constraints made immediate before', 'SET CONSTRAINTS ALL IMMEDIATE; INSERT'],
      [' with constraints made immediate after', 'INSERT; SET CONSTRAINTS ALL IMMEDIATE'],
      [
        ' with constraints made immediate again and again',
        'SET CONSTRAINTS ALL IMMEDIATE; INSERT; SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL IMMEDIATE',
      ],
      [' with the check itself made immediate', 'INSERT; SET CONSTRAINTS homeport.judge_commit IMMEDIATE'],
      [' in a savepoint', 'SAVEPOINT a; INSERT; RELEASE a'],
      [' beside a savepoint that was rolled back', 'SAVEPOINT a; INSERT; ROLLBACK TO a; INSERT'],
      [
        ' in one that was rolled back, and one that was not',
        'SAVEPOINT a; INSERT; ROLLBACK TO a; SAVEPOINT b; INSERT; RELEASE b',
      ],
    ])('does not commit after%s', async (_, script) => {
      const writer = await gated.connect('app')
      await renewLease(gated.admin, gated.opened, LONG_MS)
      await beginCommand(writer, { isolation })
      for (const statement of (script || 'INSERT').split('; '))
        await writer.query(statement === 'INSERT' ? write() : statement)
      await endLease()
      expect(await outcomeFrom(writer.query('COMMIT'))).toBe('REGION_READ_ONLY')
      expect(await countRecords(gated.admin)).toBe(0)
    })

    test('commits when the lease was renewed meanwhile', async () => {
      const writer = await gated.connect('app')
      await renewLease(gated.admin, gated.opened, SHORT_MS)
      await beginCommand(writer, { isolation })
      await writer.query(write())
      await leaseRunsOut(gated.admin)
      await renewLease(gated.admin, gated.opened, LONG_MS)
      await writer.query(write())
      expect(await outcomeFrom(writer.query('COMMIT'))).toBe('done')
      expect(await runCommand(writer, write(), { isolation }), 'the next one of the session').toBe('done')
      expect(await countRecords(gated.admin)).toBe(3)
    })
  })

  test('whatever the application deferred is done before the commit is judged for the last time', async () => {
    await gated.admin.query(`CREATE TABLE slow (id bigint); GRANT ALL ON slow TO app;
      CREATE FUNCTION expire() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
        PERFORM setval('homeport.lease_end', last_value - 3600000) FROM homeport.lease_end; RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER expire AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION expire()`)
    const writer = await gated.connect('app')
    await renewLease(gated.admin, gated.opened, LONG_MS)
    await beginCommand(writer)
    await writer.query(write())
    await writer.query('INSERT INTO slow VALUES (1)')
    expect(await outcomeFrom(writer.query('COMMIT'))).toBe('REGION_READ_ONLY')
  })

  test.each<[string, QueryConfig]>([
    ['in so many words', { text: `PREPARE TRANSACTION 'later'` }],
    ['in the extended protocol', { text: `/**/prePare\ntransaction 'later'`, name: 'later' }],
  ])('nothing can be prepared under a lease %s, to be committed whenever somebody says so', async (_, prepare) => {
    const writer = await gated.connect('app')
    await renewLease(gated.admin, gated.opened, LONG_MS)
    await beginCommand(writer)
    await writer.query(write())
    await expect(writer.query(prepare)).rejects.toMatchObject({ code: '0A000' })
    const { rows } = await gated.admin.query('SELECT FROM pg_prepared_xacts')
    expect(rows).toHaveLength(0)
  })

  test('the application can neither renew it nor reach what it is made of', async () => {
    await renewLease(gated.admin, gated.opened, LONG_MS)
    const app = await gated.connect('app')
    for (const attack of [
      `SELECT homeport.renew_lease('${gated.opened.scope}', ${EPOCH}, clock_timestamp() + interval '30 s', 60000)`,
      `SELECT setval('homeport.lease_end', 9000000000000)`,
      `UPDATE homeport.leased_writer SET turn = 1`,
      `SELECT homeport.note_leased_write()`,
    ])
      expect(await outcomeFrom(app.query(attack)), attack).toBe('SQLSTATE 42501')
  })

  test('a check at commit that was switched off is found', async () => {
    await gated.admin.query('ALTER TABLE homeport.leased_writer DISABLE TRIGGER judge_commit')
    expect(await listUnprotected(gated.admin)).toMatchObject([{ table: 'homeport.leased_writer' }])
  })
})

// Guarantee: a server that stood still past the end of its lease commits nothing of what it held, whoever was how far.
test('a whole server that is frozen past its lease commits none of its open transactions', async () => {
  const RUNS = 8
  const WRITERS = 8
  const verdicts: string[] = []
  const writers = await Promise.all(Array.from({ length: WRITERS }, () => gated.connect('app')))
  for (let run = 0; run < RUNS; run += 1) {
    const until = await renewLease(gated.admin, gated.opened, 400)
    for (const writer of writers) {
      await beginCommand(writer)
      await writer.query(write())
    }
    const before = await countRecords(gated.admin)
    await server.freeze()
    // Half of them say COMMIT to a server that does not move; the other half when it moves again.
    const early = writers.slice(0, WRITERS / 2).map((writer) => outcomeFrom(writer.query('COMMIT')))
    await expect.poll(() => Date.now() > until.getTime(), { interval: 5 }).toBe(true)
    await server.thaw()
    const late = writers.slice(WRITERS / 2).map((writer) => outcomeFrom(writer.query('COMMIT')))
    verdicts.push(...(await Promise.all([...early, ...late])))
    expect(await countRecords(gated.admin)).toBe(before)
  }
  expect(new Set(verdicts)).toEqual(new Set(['REGION_READ_ONLY']))
  expect(verdicts).toHaveLength(RUNS * WRITERS)
})

/** Ends the lease now, as time would. */
async function endLease(): Promise<void> {
  await gated.admin.query(`SELECT setval('homeport.lease_end', last_value - ${LONG_MS}) FROM homeport.lease_end`)
}

async function detailOf(session: Client, sql: string): Promise<string> {
  await beginCommand(session)
  const refused: unknown = await session.query(sql).catch((error: unknown) => error)
  await session.query('ROLLBACK')
  if (!(refused instanceof DatabaseError)) throw new Error('It was admitted.')
  expect(refused.message).toBe('REGION_READ_ONLY')
  return refused.detail ?? ''
}
