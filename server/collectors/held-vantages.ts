import type { Clock } from '@/server/clock'
import { type Db, type HeldLease, holdLease, releaseLease } from '@/server/db'

export const VANTAGE_LEASE_TTL_MS = 10_000

/**
 * The vantages that this process probes from. One prober a vantage, by a lease in the catalog: two workers share the work
 * and never count one vantage twice. By our own monotonic clock a lease ends a little before the catalog's clock ends it.
 */
export class HeldVantages {
  private readonly leases = new Map<string, { lease: HeldLease; untilMs: number }>()

  constructor(
    private readonly db: Db,
    private readonly clock: Clock,
    private readonly holder: string,
  ) {}

  /** Takes what is free and renews what is ours. */
  async hold(vantages: readonly string[]): Promise<void> {
    await Promise.all(
      vantages.map(async (vantage) => {
        const askedAtMs = this.clock.monotonicMs()
        const lease = await holdLease(this.db, {
          name: `vantage:${vantage}`,
          holder: this.holder,
          ttlMs: VANTAGE_LEASE_TTL_MS,
        })
        if (lease) this.leases.set(vantage, { lease, untilMs: askedAtMs + VANTAGE_LEASE_TTL_MS })
        else this.leases.delete(vantage)
      }),
    )
  }

  holds(vantage: string): boolean {
    const held = this.leases.get(vantage)
    return held !== undefined && this.clock.monotonicMs() < held.untilMs
  }

  list(): string[] {
    return [...this.leases.keys()].filter((vantage) => this.holds(vantage))
  }

  /** Lets another worker take over at once. */
  async release(): Promise<void> {
    const leases = [...this.leases.values()]
    this.leases.clear()
    await Promise.all(leases.map(({ lease }) => releaseLease(this.db, lease)))
  }
}
