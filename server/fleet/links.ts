import { referenceRttMs } from '@/model/regions'
import type { LinkState, LinkStatus } from './contract'
import { FleetError } from './fleet-error'

/** Where the delays come from: the reference round-trip times of model/regions, or none (only what `lag` adds). */
export type LinkDelay = 'reference' | 'none'

/**
 * One direction of the wide-area network: what happens to bytes that go from one region to another. A connection between
 * two regions crosses two of these, one for each way.
 */
export class Direction {
  #state: LinkState = 'up'
  #lagMs = 0
  readonly #listeners = new Set<() => void>()

  constructor(
    readonly from: string,
    readonly to: string,
    private readonly baseDelayMs: number,
  ) {}

  get state(): LinkState {
    return this.#state
  }

  /** One way, in ms. */
  get delayMs(): number {
    return this.baseDelayMs + this.#lagMs
  }

  status(): LinkStatus {
    return { from: this.from, to: this.to, delayMs: this.delayMs, lagMs: this.#lagMs, state: this.#state }
  }

  set(change: { state?: LinkState; lagMs?: number }): void {
    this.#state = change.state ?? this.#state
    this.#lagMs = change.lagMs ?? this.#lagMs
    for (const listener of [...this.#listeners]) listener()
  }

  /** Calls back at each change until the answered function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

/** Every direction between the regions of an estate, and the way inside each region, which has no delay and no faults. */
export class Links {
  readonly #directions = new Map<string, Direction>()

  constructor(regions: readonly string[], delay: LinkDelay) {
    for (const from of regions) {
      for (const to of regions)
        this.#directions.set(`${from}:${to}`, new Direction(from, to, oneWayMs(from, to, delay)))
    }
  }

  /** Throws `not-found` unless both are regions of the estate. */
  between(from: string, to: string): Direction {
    const found = this.#directions.get(`${from}:${to}`)
    if (!found)
      throw new FleetError('not-found', `There is no link ${from}:${to}. Regions: ${this.regions().join(', ')}.`)
    return found
  }

  /** As `between`, for changing it: a region has no link to itself. */
  link(from: string, to: string): Direction {
    if (from === to) throw new FleetError('bad-request', `A region has no link to itself (${from}:${to}).`)
    return this.between(from, to)
  }

  healAll(): void {
    for (const direction of this.#directions.values()) direction.set({ state: 'up', lagMs: 0 })
  }

  regions(): string[] {
    return [...new Set([...this.#directions.values()].map((direction) => direction.from))]
  }

  status(): LinkStatus[] {
    return [...this.#directions.values()].filter(({ from, to }) => from !== to).map((direction) => direction.status())
  }
}

function oneWayMs(from: string, to: string, delay: LinkDelay): number {
  if (delay === 'none' || from === to) return 0
  const rttMs = referenceRttMs(from, to)
  if (rttMs === null)
    throw new FleetError('bad-request', `There is no reference round-trip time from ${from} to ${to}.`)
  return rttMs / 2
}
