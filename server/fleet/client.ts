import { join } from 'node:path'
import { z } from 'zod'
import { joinSignals } from '@/model/join-signals'
import {
  CloneReceipt,
  FleetStatus,
  type LinkAction,
  LinkStatus,
  type LockoutAction,
  LockoutReceipt,
  OperationOrder,
  type PowerAction,
  PowerReceipt,
  type RebuildOrder,
  RebuildReceipt,
} from './contract'
import { FleetError, FleetErrorCode } from './fleet-error'
import { readJsonFile } from './json-files'

/** Written by the process that hosts a fleet, removed when it ends in order. */
export const CONTROL_FILE = 'fleet.json'
const ControlAddress = z.object({ version: z.literal(1), url: z.string(), token: z.string(), pid: z.number() })
export type ControlAddress = z.infer<typeof ControlAddress>

const Refusal = z.object({ error: z.object({ code: FleetErrorCode, message: z.string() }) })

/** No defaults: every call states how long it may take. */
export type FleetCall = { timeoutMs: number; signal?: AbortSignal }

/** The client of the fleet that runs on a data directory. Throws `not-running` when none has been started there. */
export async function connectFleet(dataDir: string): Promise<FleetClient> {
  const address = await readJsonFile(join(dataDir, CONTROL_FILE), ControlAddress)
  if (!address) throw notRunning(dataDir)
  return new FleetClient(address, dataDir)
}

/**
 * The control API, typed. It is the host agent of the embedded fleet: power, rebuild, links. Every call rejects with a
 * FleetError: the fleet's own refusal, `not-running`, or `deadline`, after which what was asked may or may not happen.
 */
export class FleetClient {
  constructor(
    private readonly address: Pick<ControlAddress, 'url' | 'token'>,
    private readonly dataDir: string,
  ) {}

  status(call: FleetCall): Promise<FleetStatus> {
    return this.#request('GET', '/status', undefined, FleetStatus, call)
  }

  power(member: string, action: PowerAction, call: FleetCall, only?: 'postmaster'): Promise<PowerReceipt> {
    return this.#request('POST', path('members', member, action), { only }, PowerReceipt, call)
  }

  /** Idempotent for one operation id: a repeat of a finished rebuild answers the same receipt. */
  rebuild(member: string, order: RebuildOrder, call: FleetCall): Promise<RebuildReceipt> {
    return this.#request('POST', path('members', member, 'rebuild'), order, RebuildReceipt, call)
  }

  /** The padlock of a fencing agent. Idempotent for one operation id. */
  lockOut(member: string, action: LockoutAction, operationId: string, call: FleetCall): Promise<LockoutReceipt> {
    return this.#request('POST', path('members', member, action), { operationId }, LockoutReceipt, call)
  }

  startClone(member: string, operationId: string, call: FleetCall): Promise<CloneReceipt> {
    return this.#request('POST', path('members', member, 'clone'), { operationId }, CloneReceipt, call)
  }

  async discardClone(operationId: string, call: FleetCall): Promise<void> {
    await this.#request('POST', path('clones', 'discard'), { operationId }, OperationOrder, call)
  }

  link(from: string, to: string, action: Exclude<LinkAction, 'lag'>, call: FleetCall): Promise<LinkStatus> {
    return this.#request('POST', path('links', from, to, action), undefined, LinkStatus, call)
  }

  /** Adds one-way delay; 0 takes it away again. */
  lag(from: string, to: string, lagMs: number, call: FleetCall): Promise<LinkStatus> {
    return this.#request('POST', path('links', from, to, 'lag'), { ms: lagMs }, LinkStatus, call)
  }

  async #request<T>(
    method: 'GET' | 'POST',
    url: string,
    body: unknown,
    answer: z.ZodType<T>,
    call: FleetCall,
  ): Promise<T> {
    const timeout = AbortSignal.timeout(call.timeoutMs)
    const limit = joinSignals(timeout, ...(call.signal ? [call.signal] : []))
    try {
      const response = await fetch(this.address.url + url, {
        method,
        headers: { authorization: `Bearer ${this.address.token}` },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: limit.signal,
      })
      const content = await response.json()
      if (response.ok) return answer.parse(content)
      const refusal = Refusal.parse(content).error
      throw new FleetError(refusal.code, refusal.message)
    } catch (error) {
      if (error instanceof FleetError || call.signal?.aborted) throw error
      if (timeout.aborted)
        throw new FleetError('deadline', `The fleet did not answer within ${call.timeoutMs} ms.`, { cause: error })
      if (method === 'GET' || wasRefused(error)) throw notRunning(this.dataDir, error)
      throw new FleetError('deadline', 'The fleet broke off the connection before it answered.', { cause: error })
    } finally {
      limit.release()
    }
  }
}

/** Nobody listens, so nothing was asked. Any other failure may have come after the order was read. */
function wasRefused(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined
  return cause?.code === 'ECONNREFUSED'
}

function notRunning(dataDir: string, cause?: unknown): FleetError {
  return new FleetError(
    'not-running',
    `No fleet runs on ${dataDir}. Start one with "npm start", or name its directory with --data-dir DIR.`,
    { cause },
  )
}

function path(...parts: string[]): string {
  return `/${parts.map(encodeURIComponent).join('/')}`
}
