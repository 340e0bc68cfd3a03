import { type Difference, differenceOf, differencesOfAlike, type Group, mergeByKey, type Place } from './merge'
import type { TailSession } from './reader'
import { bodiesSql, measureSql, ROW_BYTES_MAX, rowsSql, type Table } from './sql'
import { type Found, store } from './store'

export type Side = { session: TailSession; newestXid: bigint }
export type Extraction = {
  theirs: Side
  ours: Side
  ledger: TailSession
  operationId: string
  snapshot: string
  /** Whether the tables of both sides are there: one that only one server has is compared with nothing. */
  isOnOurs: boolean
  isOnTheirs: boolean
}

const DIFFERENCES_A_BATCH = 2_000
const BODY_BYTES_A_CALL_MAX = 8 * 1024 * 1024
/** From here on numbers of 32 bits have been used twice, and a row's xmin alone does not say which use it was. */
const XIDS_UNTIL_REUSE = 2n ** 32n

type Measure = { hash: string; tenantId: string | null; sizeBytes: number }

/** Compares one table on both servers and stores every difference in the successor's ledger. Holds one batch at a time. */
export async function extractTable(table: Table, run: Extraction): Promise<void> {
  let batch: Difference[] = []
  for await (const group of groupsOf(table, run)) {
    batch.push(...differencesIn(table, group))
    if (batch.length < DIFFERENCES_A_BATCH) continue
    await storeBatch(table, batch, run)
    batch = []
  }
  await storeBatch(table, batch, run)
}

function groupsOf(table: Table, { theirs, ours, snapshot, isOnTheirs, isOnOurs }: Extraction): AsyncIterable<Group> {
  const rowsOf = ({ session, newestXid }: Side) => session.rows(rowsSql(table, { newestXid, snapshot }))
  return mergeByKey(isOnTheirs ? rowsOf(theirs) : nothing(), isOnOurs ? rowsOf(ours) : nothing())
}

async function* nothing(): AsyncGenerator<never> {}

function differencesIn(table: Table, group: Group): Difference[] {
  if (table.keyColumns.length === 0) return differencesOfAlike(group)
  const difference = differenceOf(group)
  return difference ? [difference] : []
}

async function storeBatch(table: Table, batch: readonly Difference[], run: Extraction): Promise<void> {
  const { theirs, ours } = run
  const [theirMeasures, ourMeasures] = await Promise.all([
    measure(theirs.session, table, placesOf(batch, 'theirs')),
    measure(ours.session, table, placesOf(batch, 'ours')),
  ])
  const weighed = batch.flatMap((difference) => {
    const own = {
      ...difference,
      their: theirMeasures.get(idOf(difference.theirs)),
      our: ourMeasures.get(idOf(difference.ours)),
    }
    return isMaybeOld(own, theirs) ? [] : [own]
  })
  for (const pack of packsOf(weighed)) {
    const [theirBodies, ourBodies] = await Promise.all([
      bodies(theirs.session, placesOf(pack, 'theirs'), theirMeasures),
      bodies(ours.session, placesOf(pack, 'ours'), ourMeasures),
    ])
    const found = pack.map((difference): Found => {
      const { key, their, our } = difference
      return {
        key,
        tenantId: their?.tenantId ?? our?.tenantId ?? null,
        change: their ? (our ? 'update' : 'insert') : 'delete',
        xid: difference.theirs?.xid ?? null,
        theirsHash: their?.hash ?? null,
        oursHash: our?.hash ?? null,
        theirs: theirBodies.get(idOf(difference.theirs)) ?? null,
        ours: ourBodies.get(idOf(difference.ours)) ?? null,
      }
    })
    await store(run.ledger, run.operationId, table.name, found)
  }
}

type Weighed = Difference & { their: Measure | undefined; our: Measure | undefined }

/**
 * After 2^32 transactions, a row frozen long ago may carry the number of one behind the divergence. The successor has the
 * very same row then: the same number, at the same place, with the same content.
 */
function isMaybeOld({ theirs, ours, their, our }: Weighed, { newestXid }: Side): boolean {
  if (newestXid < XIDS_UNTIL_REUSE || !theirs || !ours || !their) return false
  return theirs.rawXid === ours.rawXid && theirs.at === ours.at && their.hash === our?.hash
}

async function measure(from: TailSession, table: Table, places: readonly Place[]): Promise<Map<string, Measure>> {
  const measures = new Map<string, Measure>()
  for (const [relation, ats] of byRelation(places)) {
    for (const row of await from.ask(measureSql({ relation, ats }, table))) {
      const sizeBytes = Number(row.size_bytes)
      measures.set(`${relation} ${row.at}`, { hash: row.hash ?? '', tenantId: row.tenant_id ?? null, sizeBytes })
    }
  }
  return measures
}

async function bodies(
  from: TailSession,
  places: readonly Place[],
  measures: ReadonlyMap<string, Measure>,
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const wanted = places.filter((place) => (measures.get(idOf(place))?.sizeBytes ?? 0) <= ROW_BYTES_MAX)
  for (const [relation, ats] of byRelation(wanted)) {
    for (const row of await from.ask(bodiesSql({ relation, ats }))) found.set(`${relation} ${row.at}`, row.body ?? '')
  }
  return found
}

/** As many differences at a time as one call can carry; one alone never exceeds it by more than two rows. */
function* packsOf(weighed: readonly Weighed[]): Generator<Weighed[]> {
  let pack: Weighed[] = []
  let bytes = 0
  for (const one of weighed) {
    const size = carried(one.their) + carried(one.our)
    if (pack.length > 0 && bytes + size > BODY_BYTES_A_CALL_MAX) {
      yield pack
      pack = []
      bytes = 0
    }
    pack.push(one)
    bytes += size
  }
  if (pack.length > 0) yield pack
}

function carried(measured: Measure | undefined): number {
  return measured && measured.sizeBytes <= ROW_BYTES_MAX ? measured.sizeBytes : 0
}

function placesOf(batch: readonly Difference[], side: 'theirs' | 'ours'): Place[] {
  return batch.flatMap((difference) => difference[side] ?? [])
}

function idOf(place: Place | null): string {
  return place ? `${place.relation} ${place.at}` : ''
}

function byRelation(places: readonly Place[]): Map<string, string[]> {
  const ats = new Map<string, string[]>()
  for (const { relation, at } of places) {
    const there = ats.get(relation)
    if (there) there.push(at)
    else ats.set(relation, [at])
  }
  return ats
}
