import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

const RETRY_MS = 2
const CALL_MS = 2_000

/**
 * A client with an old route, which knows nothing of any failover: it tries to write to one server, at one epoch, as fast as it can.
 * What it was told is written is what a window really cost.
 */
export class RogueClient {
  readonly accepted: number[] = []
  /** By the clock of this process: the first time the server let it in, and its last accepted write. */
  firstInAtMs: number | null = null
  lastAcceptedAtMs: number | null = null
  refusedCount = 0
  private isStopped = false
  private nextId: number
  private readonly trying: Promise<void>

  constructor(private readonly target: { dsn: string; tenantId: string; epoch: bigint; firstId: number }) {
    this.nextId = target.firstId
    this.trying = this.run()
  }

  async stop(): Promise<void> {
    this.isStopped = true
    await this.trying
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      const client = new pg.Client({
        connectionString: this.target.dsn,
        connectionTimeoutMillis: CALL_MS,
        query_timeout: CALL_MS,
      })
      client.on('error', () => {})
      try {
        await client.connect()
        this.firstInAtMs ??= Date.now()
        while (!this.isStopped) await this.write(client)
      } catch (error) {
        if (error instanceof pg.DatabaseError && error.code?.startsWith('HP')) this.refusedCount += 1
      }
      await client.end().catch(() => {})
      await sleep(RETRY_MS)
    }
  }

  private async write(client: pg.Client): Promise<void> {
    const { tenantId, epoch } = this.target
    const id = this.nextId
    this.nextId += 1
    await client.query(
      `SET LOCAL homeport.scope_epoch = '${epoch}'; SET LOCAL homeport.region_epoch = '1';
       INSERT INTO public.record (id, tenant_id, epoch) VALUES (${id}, '${tenantId}', ${epoch})`,
    )
    this.accepted.push(id)
    this.lastAcceptedAtMs = Date.now()
  }
}
