import type { Socket } from 'node:net'
import type { Direction } from './links'

/** Bytes under way in one direction of one connection; past it the sender is made to wait, as a full window would. */
export const FLOW_BYTES_MAX = 4 * 1024 * 1024
/** A timer that would wait less than this is not worth a turn. */
const EARLY_MS = 0.5

type Parcel = { dueAtMs: number; bytes: Buffer } | { dueAtMs: number; bytes: 'end' | 'reset' }

/**
 * Carries what one socket sends to another, later by the direction's one-way delay, in order, including how it ends. While
 * the direction is a black hole it keeps everything; when it heals, what is due goes out at once.
 */
export class DelayedFlow {
  #queue: Parcel[] = []
  #queuedBytes = 0
  #lastDueAtMs = 0
  #timer: NodeJS.Timeout | null = null
  #isSinkFull = false
  #hasSourceEnded = false

  constructor(
    readonly source: Socket,
    readonly sink: Socket,
    readonly direction: Direction,
    /** Nothing leaves before this moment (performance.now): the handshake of a real link takes a round trip. */
    readonly notBeforeMs: number,
  ) {
    source.on('data', (chunk: Buffer) => this.#take(chunk))
    source.on('end', () => this.#finish('end'))
    source.on('close', () => this.#finish('reset'))
    source.on('error', () => {}) // 'close' follows and is carried as a reset
    sink.on('drain', () => {
      this.#isSinkFull = false
      this.#pump()
    })
    sink.on('close', () => this.#discard())
  }

  /** The direction changed: what it held back may go, what it let go may have to stay. */
  reconsider(): void {
    this.#pump()
  }

  #take(chunk: Buffer): void {
    if (this.sink.destroyed) return
    this.#queuedBytes += chunk.length
    this.#post(chunk)
    if (this.#queuedBytes > FLOW_BYTES_MAX) this.source.pause()
    this.#pump()
  }

  #finish(how: 'end' | 'reset'): void {
    if (this.#hasSourceEnded) return
    this.#hasSourceEnded = true
    this.#post(how)
    this.#pump()
  }

  #post(bytes: Parcel['bytes']): void {
    const sentAtMs = Math.max(performance.now(), this.notBeforeMs)
    this.#lastDueAtMs = Math.max(this.#lastDueAtMs, sentAtMs + this.direction.delayMs)
    this.#queue.push({ dueAtMs: this.#lastDueAtMs, bytes } as Parcel)
  }

  #pump(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    if (this.direction.state === 'black-hole') return
    while (this.#queue.length > 0 && !this.#isSinkFull) {
      const waitMs = this.#queue[0]!.dueAtMs - performance.now()
      if (waitMs > EARLY_MS) {
        this.#timer = setTimeout(() => this.#pump(), waitMs)
        return
      }
      this.#deliver(this.#queue.shift()!)
    }
  }

  #deliver({ bytes }: Parcel): void {
    if (this.sink.destroyed) return
    if (bytes === 'end') {
      this.sink.end()
      return
    }
    if (bytes === 'reset') {
      this.sink.resetAndDestroy()
      return
    }
    this.#isSinkFull = !this.sink.write(bytes)
    this.#queuedBytes -= bytes.length
    if (this.source.isPaused() && this.#queuedBytes < FLOW_BYTES_MAX / 2) this.source.resume()
  }

  /** Nobody is there to take it. The source is read on, into nothing, so that its own end is noticed. */
  #discard(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#queue = []
    this.#queuedBytes = 0
    if (!this.source.destroyed) this.source.resume()
  }
}
