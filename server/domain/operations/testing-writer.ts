import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { refusalOf } from '@/model/refusals'
import type { Db } from '@/server/db'

export type Ack = { id: number; epoch: bigint; member: string; sentAtMs: number; ackedAtMs: number }
export type StoredRow = { id: number; epoch: bigint; server: string }

const LANES = 4
const PAUSE_MS = 4
const RETRY_MS = 10
const CALL_MS = 5_000
const REPORT_EVERY_MS = 200
const REPORTED_EPOCHS = 2

export type LedgerWriterWorld = {
  db: Db
  scope: string
  tenantId: string
  dsnOf(member: string): string
  /** Writes `traffic_epoch` as the sample application does. */
  isReporting?: boolean
  /** Writers side by side; 0 where another application writes instead. */
  lanes?: number
}

/**
 * An application that writes all the time through the gate, with both epochs, and keeps its own ledger: what invariants are
 * judged from. A refused write did nothing and is sent again elsewhere; one whose answer was lost is never counted.
 */
export class LedgerWriter {
  readonly acks: Ack[] = []
  readonly refused: Record<string, number> = {}
  /** Ids of writes that may have happened and whose answer never came. */
  readonly unanswered = new Set<number>()
  private nextId = 1
  private isStopped = false
  private isReportUnderWay = false
  private readonly lanes: Promise<void>[]
  private readonly reporter: NodeJS.Timeout | null

  constructor(private readonly world: LedgerWriterWorld) {
    this.lanes = Array.from({ length: world.lanes ?? LANES }, () => this.lane())
    this.reporter = world.isReporting ? setInterval(() => void this.report().catch(() => {}), REPORT_EVERY_MS) : null
  }

  async stop(): Promise<void> {
    this.isStopped = true
    await Promise.all(this.lanes)
    if (this.reporter) clearInterval(this.reporter)
  }

  /** Resolves when a write that was sent after this call has been acknowledged; at once where nobody writes. */
  async untilAcked(withinMs = 30_000): Promise<void> {
    if (this.lanes.length === 0) return
    const from = nowMs()
    while (!this.acks.some((ack) => ack.sentAtMs > from)) {
      if (nowMs() - from > withinMs) throw new Error(`No write was acknowledged for ${withinMs} ms.`)
      await sleep(RETRY_MS)
    }
  }

  private async lane(): Promise<void> {
    let session: { member: string; epoch: bigint; client: pg.Client } | null = null
    let id: number | null = null
    while (!this.isStopped) {
      try {
        session ??= await this.open()
        id ??= this.nextId++
        const { member, epoch } = session
        const sentAtMs = nowMs()
        await session.client.query(
          `SET LOCAL homeport.scope_epoch = '${epoch}'; SET LOCAL homeport.region_epoch = '1';
           INSERT INTO public.record (id, tenant_id, epoch) VALUES (${id}, '${this.world.tenantId}', ${epoch})`,
        )
        this.acks.push({ id, epoch, member, sentAtMs, ackedAtMs: nowMs() })
        id = null
        await sleep(PAUSE_MS)
      } catch (error) {
        const code = error instanceof pg.DatabaseError ? refusalOf(error.code) : null
        if (code) this.refused[code] = (this.refused[code] ?? 0) + 1
        else if (session) {
          if (id !== null) this.unanswered.add(id)
          id = null // it may have happened: never sent again
        }
        await session?.client.end().catch(() => {})
        session = null
        await sleep(RETRY_MS)
      }
    }
    await session?.client.end().catch(() => {})
  }

  /** As a router would: the catalog says which member, and at which epoch. */
  private async open() {
    const { db, scope, dsnOf } = this.world
    const route = await db.regionWriteEpoch.findUniqueOrThrow({ where: { logicalScope: scope } })
    const client = new pg.Client({
      connectionString: dsnOf(route.activeMember),
      connectionTimeoutMillis: CALL_MS,
      query_timeout: CALL_MS,
    })
    client.on('error', () => {})
    await client.connect()
    return { member: route.activeMember, epoch: route.epoch, client }
  }

  /** Earlier epochs have been reported, and take no more writes. One report at a time, or a slow catalog would drown in them. */
  private async report(): Promise<void> {
    if (this.isReportUnderWay) return
    this.isReportUnderWay = true
    await this.reportNewest().finally(() => {
      this.isReportUnderWay = false
    })
  }

  private async reportNewest(): Promise<void> {
    for (const [epoch, acks] of [...acksByEpoch(this.acks)].slice(-REPORTED_EPOCHS)) {
      const times = acks.map((ack) => ack.ackedAtMs)
      const firstAckAt = new Date(times.reduce((a, b) => Math.min(a, b)))
      const lastAckAt = new Date(times.reduce((a, b) => Math.max(a, b)))
      const values = { firstAckAt, lastAckAt, acked: BigInt(acks.length), region: acks[0]!.member, gapMsP99: 20 }
      await this.world.db.trafficEpoch.upsert({
        where: { scope_epoch: { scope: this.world.scope, epoch } },
        create: { scope: this.world.scope, epoch, ...values },
        update: values,
      })
    }
  }
}

function nowMs(): number {
  return performance.timeOrigin + performance.now()
}

function acksByEpoch(acks: readonly Ack[]): Map<bigint, Ack[]> {
  const byEpoch = new Map<bigint, Ack[]>()
  for (const ack of acks) {
    const same = byEpoch.get(ack.epoch)
    if (same) same.push(ack)
    else byEpoch.set(ack.epoch, [ack])
  }
  return byEpoch
}

/**
 * I1 to I3, from the application's own ledger and the rows themselves: every acknowledged write is there, where and when it
 * was said to be, and no two epochs took writes at the same time.
 */
export function judgeLedger(
  acks: readonly Ack[],
  stored: readonly StoredRow[],
): { lost: Ack[]; elsewhere: Ack[]; overlapping: Ack[] } {
  const rows = new Map(stored.map((row) => [row.id, row]))
  return {
    lost: acks.filter((ack) => !rows.has(ack.id)),
    elsewhere: acks.filter((ack) => {
      const row = rows.get(ack.id)
      return row && (row.epoch !== ack.epoch || !row.server.includes(`/${ack.member}/`))
    }),
    overlapping: findOverlapping(acks),
  }
}

export function ledgerViolations(acks: readonly Ack[], stored: readonly StoredRow[]): string[] {
  const { lost, elsewhere, overlapping } = judgeLedger(acks, stored)
  return [
    ...(lost.length > 0 ? [`Lost ${lost.length} acknowledged writes, the first with id ${lost[0]!.id}.`] : []),
    ...(elsewhere.length > 0 ? [`${elsewhere.length} writes lie under another epoch or server than was told.`] : []),
    ...(overlapping.length > 0
      ? [`${overlapping.length} writes of an old epoch came after a newer epoch had begun.`]
      : []),
  ]
}

/** Writes of an older epoch that were sent after one of a newer epoch had been acknowledged, and were acknowledged too. */
function findOverlapping(acks: readonly Ack[]): Ack[] {
  const firstAckMs = new Map<bigint, number>()
  for (const { epoch, ackedAtMs } of acks)
    firstAckMs.set(epoch, Math.min(ackedAtMs, firstAckMs.get(epoch) ?? Number.POSITIVE_INFINITY))
  const begun = [...firstAckMs]
  return acks.filter(({ epoch, sentAtMs }) => begun.some(([newer, firstMs]) => newer > epoch && sentAtMs > firstMs))
}
