import { hasUuidForm } from '@/model/uuid'
import { type CallOptions, type Divergence, type Endpoint, NotDone, type TailRow } from '@/server/engines/contract'
import { toOutcome } from '../failures'
import { isPosition } from '../server-side'
import type { Row } from '../session'
import { extractTable, type Side } from '../tail/extract'
import { OutOfOrder } from '../tail/merge'
import { TailSession } from '../tail/reader'
import { ASK_TABLES, askDescentSql, askServerSql, type Table } from '../tail/sql'
import { readLedger } from '../tail/store'

const SNAPSHOT = /^\d{1,20}:\d{1,20}:(\d{1,20}(,\d{1,20})*)?$/

/**
 * Two passes. First every table behind the gate is compared on both servers, row by row in the order of its key, and what
 * the successor lacks is copied into its ledger. Then the ledger is read out: a repeat yields what the first run found,
 * although the successor has gone on since.
 *
 * What it cannot see: a row that the old server deleted and the successor has changed since looks like a new row of the
 * successor; and whatever is not behind the gate.
 */
export async function* readTail(
  old: Endpoint,
  successor: Endpoint,
  divergence: Divergence,
  call: CallOptions,
): AsyncGenerator<TailRow> {
  const doing = `Reading what ${old.memberId} wrote that ${successor.memberId} never saw`
  if (!SNAPSHOT.test(divergence.snapshot) || !isPosition(divergence.lsn) || !hasUuidForm(divergence.operationId))
    throw new NotDone(`${doing}: that is no divergence.`)
  const open: TailSession[] = []
  const enter = async (endpoint: Endpoint) => {
    const session = await TailSession.open(endpoint, call)
    open.push(session)
    return session
  }
  try {
    const ledger = await enter(successor)
    await extract(await enter(old), await enter(successor), ledger, divergence, doing)
    yield* readLedger(ledger, divergence.operationId)
  } catch (error) {
    if (error instanceof OutOfOrder) throw new NotDone(`${doing}: ${error.message}`, { cause: error })
    throw toOutcome(error, doing)
  } finally {
    for (const session of open) session.end()
  }
}

async function extract(
  oldSession: TailSession,
  ourSession: TailSession,
  ledger: TailSession,
  divergence: Divergence,
  doing: string,
): Promise<void> {
  await Promise.all([oldSession.beginReading(), ourSession.beginReading()])
  const [[old], [ours]] = await Promise.all([
    oldSession.ask(askServerSql(divergence.lsn)),
    ourSession.ask(askServerSql(divergence.lsn)),
  ])
  const timeline = checkPair(old, ours, doing)
  const [descent] = await ourSession.ask(askDescentSql({ timeline, lsn: divergence.lsn }))
  if (descent?.has_left !== 't')
    throw new NotDone(`${doing}: the successor did not leave timeline ${timeline} at ${divergence.lsn}.`)
  const [theirTables, ourTables] = [await tablesOf(oldSession), await tablesOf(ourSession)]
  const names = [...new Set([...theirTables.keys(), ...ourTables.keys()])].sort()
  for (const name of names) {
    const table = theirTables.get(name) ?? ourTables.get(name)
    if (!table) continue
    await extractTable(table, {
      theirs: sideOf(oldSession, old),
      ours: sideOf(ourSession, ours),
      ledger,
      operationId: divergence.operationId,
      snapshot: divergence.snapshot,
      isOnTheirs: theirTables.has(name),
      isOnOurs: ourTables.has(name),
    })
  }
}

/** The timeline on which the old server stands. */
function checkPair(old: Row | undefined, ours: Row | undefined, doing: string): number {
  if (old?.system_identifier !== ours?.system_identifier || !old?.system_identifier)
    throw new NotDone(`${doing}: they are not of one database family.`)
  if (old.is_standby === 't') throw new NotDone(`${doing}: the old server is a standby now, so its tail is gone.`)
  if (ours?.is_standby === 't') throw new NotDone(`${doing}: the successor is a standby.`)
  if (old.is_open === 't') throw new NotDone(`${doing}: the old server still accepts writes. Close it first.`)
  if (old.is_before !== 'f') throw new NotDone(`${doing}: the old server stands at ${old.lsn}, before the divergence.`)
  return Number(old.timeline)
}

function sideOf(session: TailSession, row: Row | undefined): Side {
  return { session, newestXid: BigInt(row?.newest_xid ?? '0') }
}

async function tablesOf(session: TailSession): Promise<Map<string, Table>> {
  const rows = await session.ask(ASK_TABLES)
  return new Map(
    rows.map((row) => [
      row.name ?? '',
      {
        name: row.name ?? '',
        tenantColumn: row.tenant_column ?? null,
        isPartitioned: row.is_partitioned === 't',
        keyColumns: JSON.parse(row.key_columns ?? '[]'),
      },
    ]),
  )
}
