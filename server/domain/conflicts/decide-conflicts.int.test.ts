import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '@/server/clock'
import type { Ctx } from '@/server/context'
import { startCatalog, type TestCatalog } from '@/server/db/testing'
import { raiseAlert } from '../alerts'
import { decideConflicts } from './index'

/** Guarantee: whoever decides what, and in whatever order that commits, the alert ends with the last undecided row. */
let catalog: TestCatalog
beforeAll(async () => {
  catalog = await startCatalog()
  await holdCommits()
})
afterAll(() => catalog?.stop())

test('the last two rows, decided at once by two people, end the alert', async () => {
  const { db } = catalog
  const server = await leftBehind('sin-1')
  const [first, second] = [await openCase(server), await openCase(server)]
  await warnOf(server)
  const [ona, ben] = [await operator('Ona'), await operator('Ben')]
  const decide = (ctx: Ctx, id: string) =>
    decideConflicts(ctx, { ids: [id], decision: 'KEEP_THEIRS', note: 'Entered by hand.' })
  // Neither may commit before both have come as far as they can.
  const both = await db.$transaction(
    async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${COMMITS_HELD})`
      const deciding = Promise.all([decide(ona, first), decide(ben, second)])
      await expect.poll(waitingCount, { timeout: 8_000 }).toBe(2)
      return { deciding }
    },
    { timeout: 10_000 },
  )
  expect((await both.deciding).map(({ decidedCount }) => decidedCount)).toEqual([1, 1])
  expect(await openAlertCount(server)).toBe(0)
})

test('while a row is undecided, the alert stays', async () => {
  const server = await leftBehind('fra-1')
  const [first] = [await openCase(server), await openCase(server)]
  await warnOf(server)
  await decideConflicts(await operator('Ona'), { ids: [first], decision: 'KEEP_OURS', note: 'Ours is newer.' })
  expect(await openAlertCount(server)).toBe(1)
})

const COMMITS_HELD = 4_711

/** A transaction that has decided a row waits at its commit for as long as the test holds the lock. */
async function holdCommits(): Promise<void> {
  await catalog.db.$executeRawUnsafe(`
    CREATE FUNCTION wait_for_the_test() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock_shared(${COMMITS_HELD}); RETURN NULL; END $$`)
  await catalog.db.$executeRawUnsafe(`
    CREATE CONSTRAINT TRIGGER wait_for_the_test AFTER UPDATE ON cross_region_conflict_case
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_for_the_test()`)
}

async function waitingCount(): Promise<number> {
  const [row] = await catalog.db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  return row!.count
}

async function leftBehind(memberId: string): Promise<string> {
  const { id } = await catalog.db.staleServer.create({
    data: {
      operationId: randomUUID(),
      scope: 'cell:sin',
      cellId: 'sin',
      memberId,
      epoch: 1n,
      fencedEpoch: 2n,
      newPrimary: 'sin-2',
      status: 'extracted',
      leftAt: new Date(),
    },
  })
  return id
}

async function openCase(staleServerId: string): Promise<string> {
  const { conflictId } = await catalog.db.crossRegionConflictCase.create({
    data: {
      conflictId: randomUUID(),
      tenantId: randomUUID(),
      aggregateType: 'app.case',
      aggregateId: randomUUID(),
      homeRegion: 'ap-southeast-1',
      conflictingRegion: 'ap-southeast-2',
      conflictType: 'UNREPLICATED_WRITE',
      payload: {},
      staleServerId,
    },
  })
  return conflictId
}

async function warnOf(server: string): Promise<void> {
  await catalog.db.$transaction((tx) =>
    raiseAlert(tx, {
      kind: 'undecided-conflicts',
      severity: 'warning',
      dedupeKey: `undecided-conflicts:${server}`,
      scope: 'cell:sin',
      cellId: 'sin',
      says: '2 rows of sin-1 never reached sin-2: decide which row counts.',
      facts: {},
      actor: { kind: 'worker', name: 'return' },
      homeRegion: 'eu-west-1',
    }),
  )
}

function openAlertCount(server: string): Promise<number> {
  return catalog.db.alert.count({ where: { dedupeKey: `undecided-conflicts:${server}`, resolvedAt: null } })
}

async function operator(name: string): Promise<Ctx> {
  const { db } = catalog
  const { id } = await db.person.create({ data: { name, email: `${randomUUID()}@homeport.test` } })
  return {
    db,
    clock: systemClock,
    requestId: randomUUID(),
    servedFrom: 'eu-west-1',
    principal: { kind: 'person', personId: id, name, roles: ['operator'], sessionId: 's', steppedUpAt: null },
  }
}
