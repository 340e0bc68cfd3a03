import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { appendAudit, type Db, holdLease, transact } from '@/server/db'
import { startCatalog } from '@/server/db/testing'
import { SEQUENCER_LEASE, sequenceInbox } from '@/server/domain/audit/sequence-inbox'
import { unplacedEvents } from '../../forced/judge'
import type { Planting } from '../plant-sql'

const APPENDS = 40
const LANES = 4
const TURNS = 20
const TURN_MS = 25
const HOLD_MS = 400

/** Events that commit in another order than they were made, while they are numbered. */
export async function auditExperiment(planting: Planting): Promise<string[]> {
  const catalog = await startCatalog()
  try {
    await planting.catalog(catalog.url)
    const { db } = catalog
    const lease = await holdLease(db, { name: SEQUENCER_LEASE, holder: 'experiment', ttlMs: 600_000 })
    if (!lease) throw new Error('The lease of a fresh catalog is taken.')
    const lane = async () => {
      for (let n = 0; n < APPENDS / LANES; n += 1) await append(db, n % 3 === 0 ? HOLD_MS / 4 : 0)
    }
    const appending = Promise.all([append(db, HOLD_MS), ...Array.from({ length: LANES }, lane)])
    for (let turn = 0; turn < TURNS; turn += 1) {
      await sequenceInbox(db, lease)
      await sleep(TURN_MS)
    }
    await appending
    for (let turn = 0; turn < TURNS; turn += 1) await sequenceInbox(db, lease)
    return await trailViolations(db)
  } finally {
    await catalog.stop()
  }
}

async function append(db: Db, holdMs: number): Promise<void> {
  await transact(db, async (tx) => {
    await appendAudit(tx, {
      actor: { kind: 'worker', name: 'experiment' },
      action: 'estate.applied',
      aggregateType: 'estate',
      aggregateId: randomUUID(),
      homeRegion: 'eu-west-1',
      occurredAt: new Date(),
      detail: {},
    })
    await sleep(holdMs)
  })
}

/** I7: after quiet, as many are numbered as were appended, without a gap. */
async function trailViolations(db: Db): Promise<string[]> {
  const [row] = await db.$queryRaw<{ events: bigint; numbered: bigint; last: bigint | null; waiting: bigint }[]>`
    SELECT (SELECT count(*) FROM global_audit_event) AS events, count(*) AS numbered, max(seq) AS last,
           (SELECT count(*) FROM audit_inbox) AS waiting FROM audit_sequence`
  const { events, numbered, last, waiting } = row!
  const found = (await unplacedEvents(db)).map((says) => `I7: ${says}`)
  if (events !== numbered || waiting > 0n)
    found.push(`I7: ${events} events, ${numbered} numbered, ${waiting} waiting after quiet.`)
  if ((last ?? 0n) !== numbered) found.push(`I7: ${numbered} numbers go up to ${last}.`)
  return found
}
