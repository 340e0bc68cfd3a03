import type { Clock } from '@/server/clock'
import type { Ctx } from '@/server/context'
import type { Db } from '@/server/db'
import { applyEstate, createEndpoints, type EstateSpecInput } from '@/server/domain/estate'
import { createEngines } from '@/server/engines/registry'
import type { TestCell } from '@/server/fleet/testing'
import { collectLag } from './collect-lag'
import { collectMembers } from './collect-members'
import { collectProbes } from './collect-probes'
import type { CollectorContext } from './context'
import { flushProbes } from './flush-probes'
import { holdVantages } from './hold-vantages'
import { createCollectorContext } from './start-collectors'

/** A clock that runs, and that a test moves forward: waiting for a probe's turn or for old age takes no time. */
export type TestClock = Clock & { advance(ms: number): void }

export function createTestClock(): TestClock {
  let aheadMs = 0
  return {
    now: () => new Date(Date.now() + aheadMs),
    monotonicMs: () => performance.now() + aheadMs,
    advance: (ms) => {
      aheadMs += ms
    },
  }
}

export type Looker = { context: CollectorContext; look(): Promise<void>; stop(): Promise<void> }

/** A worker's collectors, activated by hand: `look` probes everything once and records it. */
export function createLooker(db: Db, clock: TestClock, worker: { homeRegion: string; name: string }): Looker {
  const engines = createEngines()
  const ending = new AbortController()
  const context = createCollectorContext({
    ...{ db, engines, clock },
    endpoints: createEndpoints(db, clock),
    homeRegion: worker.homeRegion,
    workerName: worker.name,
    build: 'test',
    signal: ending.signal,
  })
  let hasLooked = false
  return {
    context,
    look: async () => {
      await holdVantages(context)
      // New targets are only given their turn at first sight.
      if (!hasLooked) await collectProbes(context)
      hasLooked = context.held.list().length > 0
      clock.advance(PAST_EVERY_TURN_MS)
      await holdVantages(context)
      await collectProbes(context)
      await context.board.settled()
      await flushProbes(context, 'all')
      await collectMembers(context)
      await collectLag(context)
    },
    stop: async () => {
      ending.abort()
      await context.held.release()
      await engines.close()
    },
  }
}

/** Longer than the longest probe interval. */
const PAST_EVERY_TURN_MS = 31_000

/** Declares a throw-away cell as the estate of a catalog; its passwords are handed over by environment variables. */
export async function declareCell(db: Db, cell: TestCell, clock: Clock): Promise<void> {
  const regions = [...new Set(cell.members.map((member) => member.region))]
  const admin = new URL(cell.primary.adminDsn)
  const app = new URL(cell.primary.appDsn)
  process.env.HOMEPORT_TEST_ADMIN_PASSWORD = admin.password
  process.env.HOMEPORT_TEST_APP_PASSWORD = app.password
  const spec: EstateSpecInput = {
    version: 1,
    cells: [
      {
        id: cell.name,
        name: 'Test cell',
        engine: 'postgres',
        database: admin.pathname.slice(1),
        admin: { user: admin.username, secret: 'env:HOMEPORT_TEST_ADMIN_PASSWORD' },
        app: { user: app.username, secret: 'env:HOMEPORT_TEST_APP_PASSWORD' },
        firstPrimary: cell.primary.name,
        members: cell.members.map((member) => ({
          id: member.name,
          region: member.region,
          host: member.host,
          port: member.port,
          paths: regions
            .filter((vantage) => vantage !== member.region)
            .map((vantage) => ({
              vantage,
              host: '127.0.0.1',
              port: Number(new URL(member.dsnFrom(vantage, 'app')).port),
            })),
        })),
      },
    ],
    policies: [],
  }
  await applyEstate(db, spec, { actor: { kind: 'service', name: 'test' }, now: clock.now(), servedFrom: regions[0]! })
}

export function viewerCtx(db: Db, clock: Clock): Ctx {
  return {
    db,
    clock,
    principal: { kind: 'service', name: 'test', roles: ['viewer'] },
    requestId: 'test',
    servedFrom: 'eu-west-1',
  }
}
