import { Socket } from 'node:net'
import type { ProbeReach } from '@/model/observations'
import type { CallOptions } from '@/server/engines/contract'
import { type Failure, SessionError } from './failures'

/** What one call may receive, notices included: a report is a few kilobytes, a hostile server sends gigabytes. */
const RECEIVED_BYTES_MAX = 1_048_576
/** Sign-in messages before AuthenticationOk are short; the first nine bytes name the method. */
const AUTH_HEADER_BYTES = 9
/** The host, or a relay for it, says at once that nobody is there: no listener, or a connection broken off. */
const REFUSED = new Set(['ECONNREFUSED', 'ECONNRESET'])
const AUTH_CLEARTEXT = 3
const AUTH_MD5 = 5

/** The socket under a session, metered: it is cut at a deadline, an abort, or when a server says too much. */
export class Line {
  readonly socket = new Socket()
  /** How far the way to the server has come. A relay or a proxy in between accepts and refuses in its place. */
  reach: ProbeReach = 'nothing'
  private receivedBytes = 0
  private head: Buffer | null = Buffer.alloc(0)
  private cut: (failure: Failure) => void = () => {}

  constructor(private readonly receivedBytesMax = RECEIVED_BYTES_MAX) {
    this.socket.on('data', (chunk: Buffer) => this.meter(chunk))
    this.socket.once('connect', () => {
      this.reach = 'accepted'
    })
    this.socket.once('error', (error: NodeJS.ErrnoException) => {
      if (REFUSED.has(error.code ?? '')) this.reach = 'refused'
    })
  }

  async bounded<T>(call: CallOptions, sent: boolean, work: () => Promise<T>): Promise<T> {
    if (call.signal.aborted) throw new SessionError({ kind: 'aborted', sent: false, detail: 'The call was given up.' })
    if (call.timeoutMs <= 0) throw new SessionError({ kind: 'deadline', sent: false, detail: 'No time was left.' })
    this.receivedBytes = 0
    let release = () => {}
    const limit = new Promise<never>((_, reject) => {
      this.cut = (failure) => {
        reject(new SessionError(failure))
        this.socket.destroy()
      }
      const detail = `No answer within ${Math.round(call.timeoutMs)} ms.`
      const timer = setTimeout(() => this.cut({ kind: 'deadline', sent, detail }), call.timeoutMs)
      const giveUp = () => this.cut({ kind: 'aborted', sent, detail: 'The call was given up.' })
      call.signal.addEventListener('abort', giveUp, { once: true })
      release = () => {
        clearTimeout(timer)
        call.signal.removeEventListener('abort', giveUp)
        this.cut = () => this.socket.destroy()
      }
    })
    try {
      const working = work()
      working.catch(() => {}) // when the limit wins, the driver's own complaint about the cut line is of no interest
      return await Promise.race([working, limit])
    } finally {
      release()
    }
  }

  private meter(chunk: Buffer): void {
    this.receivedBytes += chunk.length
    if (this.receivedBytes > this.receivedBytesMax) {
      const detail = `The server sent more than ${this.receivedBytesMax} bytes for one call.`
      this.cut({ kind: 'oversized', sent: true, detail })
    }
    if (this.head !== null) this.refuseWeakSignIn(chunk)
  }

  /** Whoever answers on the port may not be the server: only SCRAM keeps the password from it. */
  private refuseWeakSignIn(chunk: Buffer): void {
    this.head = Buffer.concat([this.head ?? Buffer.alloc(0), chunk.subarray(0, AUTH_HEADER_BYTES)])
    if (this.head.length < AUTH_HEADER_BYTES) return
    const method = this.head[0] === 'R'.charCodeAt(0) ? this.head.readInt32BE(5) : null
    this.head = null
    if (method !== AUTH_CLEARTEXT && method !== AUTH_MD5) return
    const detail = 'The server asks for a password in a form that reveals it: only SCRAM sign-in is used.'
    this.cut({ kind: 'not-asked', detail })
  }
}
