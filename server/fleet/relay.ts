import { connect, createServer, type Server, type Socket } from 'node:net'
import type { RelayStatus } from './contract'
import { DelayedFlow } from './delayed-flow'
import type { Direction } from './links'
import { LOOPBACK } from './ports'

const CONNECTIONS_PER_RELAY_MAX = 300
const UPSTREAM_CONNECT_TIMEOUT_MS = 10_000

/** How a region reaches a server: a loopback port whose connections cross `there` on the way to it and `back` on the way home. */
export class Relay {
  readonly #server: Server
  readonly #crossings = new Set<Crossing>()
  #port = 0

  constructor(
    readonly from: string,
    readonly member: string,
    private readonly way: { there: Direction; back: Direction; upstreamPort: () => number },
  ) {
    this.#server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) =>
      this.#accept(client),
    )
    this.#server.maxConnections = CONNECTIONS_PER_RELAY_MAX
  }

  get port(): number {
    return this.#port
  }

  /** Listens on the preferred port if it is free, else on one that the system chooses. */
  async open(preferredPort: number | null): Promise<void> {
    this.#port = (preferredPort && (await this.#listen(preferredPort))) || (await this.#listen(0)) || 0
  }

  status(): RelayStatus {
    return { from: this.from, member: this.member, host: LOOPBACK, port: this.#port }
  }

  async close(): Promise<void> {
    for (const crossing of this.#crossings) crossing.reset()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #accept(client: Socket): void {
    const crossing = new Crossing(client, this.way, () => this.#crossings.delete(crossing))
    this.#crossings.add(crossing)
  }

  /** The port listened on; null when it is taken and another will do; other failures and the last resort throw. */
  #listen(port: number): Promise<number | null> {
    return new Promise((resolve, reject) => {
      const onError = (error: NodeJS.ErrnoException) => (port !== 0 ? resolve(null) : reject(error))
      this.#server.once('error', onError)
      this.#server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
        this.#server.off('error', onError)
        const address = this.#server.address()
        resolve(address && typeof address === 'object' ? address.port : null)
      })
    })
  }
}

/** One connection between two regions. */
class Crossing {
  #flows: DelayedFlow[] = []
  #upstream: Socket | null = null
  readonly #unsubscribe: (() => void)[]
  readonly #acceptedAtMs = performance.now()

  constructor(
    private readonly client: Socket,
    private readonly way: { there: Direction; back: Direction; upstreamPort: () => number },
    private readonly onClosed: () => void,
  ) {
    this.#unsubscribe = [way.there, way.back].map((direction) => direction.onChange(() => this.#onLinkChange()))
    client.on('error', () => {})
    client.on('close', () => this.#onSocketClosed())
    this.#onLinkChange()
  }

  reset(): void {
    this.client.resetAndDestroy()
    this.#upstream?.resetAndDestroy()
  }

  #onLinkChange(): void {
    const states = [this.way.there.state, this.way.back.state]
    if (states.includes('cut')) {
      this.reset()
      return
    }
    // A handshake needs both ways, so nothing is connected while either is a black hole.
    if (!this.#upstream && !states.includes('black-hole')) this.#connect()
    for (const flow of this.#flows) flow.reconsider()
  }

  #connect(): void {
    if (this.client.destroyed) return
    const roundTripMs = this.way.there.delayMs + this.way.back.delayMs
    const notBeforeMs = Math.max(this.#acceptedAtMs, performance.now()) + roundTripMs
    const upstream = connect({ host: LOOPBACK, port: this.way.upstreamPort(), allowHalfOpen: true, noDelay: true })
    this.#upstream = upstream
    upstream.setTimeout(UPSTREAM_CONNECT_TIMEOUT_MS, () => upstream.destroy())
    upstream.on('connect', () => upstream.setTimeout(0))
    upstream.on('close', () => this.#onSocketClosed())
    // Both are made before the first byte, so that a refused connection is carried back as a reset, after a round trip.
    this.#flows = [
      new DelayedFlow(this.client, upstream, this.way.there, notBeforeMs),
      new DelayedFlow(upstream, this.client, this.way.back, notBeforeMs - this.way.back.delayMs),
    ]
    this.client.resume()
  }

  #onSocketClosed(): void {
    if (!this.client.destroyed || this.#upstream?.destroyed === false) return
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.onClosed()
  }
}
