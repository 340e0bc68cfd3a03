import type { Db } from '@/server/db'
import { type PreparedReturn, prepareReturn } from '../operations'

/** What a plan says of the world may be this old: nothing is decided by it. */
const PLAN_AGE_MS_MAX = 60_000

type Ahead = { atMs: number; prepared: Promise<PreparedReturn | null> }

/** Plans of returns that may be needed at any moment: made while a server is away, so that closing it waits for no reading. */
export class PlansAhead {
  private readonly plans = new Map<string, Ahead>()

  constructor(private readonly db: Db) {}

  /** The plan of this server's return; made now where there is none, or only an old one, or one that could not be made. */
  of(staleServerId: string): Promise<PreparedReturn | null> {
    const known = this.plans.get(staleServerId)
    if (known && performance.now() - known.atMs < PLAN_AGE_MS_MAX) return known.prepared
    const ahead: Ahead = { atMs: performance.now(), prepared: prepareReturn(this.db, { staleServerId }) }
    this.plans.set(staleServerId, ahead)
    const forget = () => this.plans.get(staleServerId) === ahead && this.plans.delete(staleServerId)
    // One that could not be made is forgotten, so that the next look tries again; whoever waits for it now is told.
    ahead.prepared.then((prepared) => prepared ?? forget(), forget)
    return ahead.prepared
  }
}
