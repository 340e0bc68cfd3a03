import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { expect } from 'vitest'
import type { CallOptions, Endpoint, EngineAdapter, FenceReceipt, ProvenFence } from './contract'

/**
 * The contract as a suite that every adapter must pass, on a real cell of two members with a live writer. An engine gives
 * its cell and the faults that the suite needs; the suite knows no SQL.
 */
export type ContractCell = {
  scope: string
  /** Writable at epoch 1 when the suite starts. */
  primary: ContractMember
  standby: ContractMember
  /** An application in the primary's region, writing one row after the other with the epoch it was given. */
  startWriter(member: ContractMember, epoch: bigint): Promise<ContractWriter>
  /** Every number that the application's table holds on this member. */
  storedNumbers(member: ContractMember): Promise<ReadonlySet<number>>
  /** Opens a transaction that has written and does not end; answers whether it is still alive when asked. */
  holdWrite(member: ContractMember, epoch: bigint): Promise<{ isAlive(): Promise<boolean>; release(): Promise<void> }>
  /** Nothing of the primary's log reaches the standby any more, and nobody is told. */
  blackHoleReplication(): void
  healReplication(): void
  stop(): Promise<void>
}

export type ContractMember = {
  name: string
  /** From the member's own region, or across a link that `blackHoleReplication` also cuts. */
  near: Endpoint
  far: Endpoint
  freeze(): Promise<void>
  /** The server takes connections and answers nothing, while its open sessions go on. */
  freezeListenerOnly(): Promise<void>
  thaw(): Promise<void>
}

/** Acknowledged numbers with the time at which each was sent. Ends at the first refusal or error. */
export type ContractWriter = {
  acknowledged: readonly { number: number; sentAtMs: number; atMs: number }[]
  firstAcknowledgement(): Promise<number>
  stop(): Promise<void>
}

export const SHORT_MS = 400
/** What a call may take beyond its deadline: the event loop of a busy test machine. */
export const OVERRUN_MS_MAX = 1_000
export const DRAIN_MS = 300

export function call(timeoutMs = 10_000, signal = new AbortController().signal): CallOptions {
  return { timeoutMs, signal }
}

export function receiptOf(fence: ProvenFence, operationId: string, memberId: string, epoch: bigint): FenceReceipt {
  const { strength, systemIdentifier, timeline, lsn } = fence
  return { id: randomUUID(), strength, operationId, memberId, epoch, systemIdentifier, timeline, lsn }
}

/** Waits until the standby streams and has all that the primary has. */
export async function follows(adapter: EngineAdapter, cell: ContractCell): Promise<void> {
  await expect
    .poll(
      async () => {
        const primary = await adapter.observe(cell.primary.near, cell.scope, call())
        const standby = await adapter.observe(cell.standby.near, cell.scope, call())
        return adapter.decideLag(primary, standby)
      },
      { timeout: 60_000, interval: 50 },
    )
    .toMatchObject({ state: 'streaming', bytes: 0n })
}

export async function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (value) => ({ resolvedWith: value }),
    (error: unknown) => error,
  )
}

export async function timed<T>(work: () => Promise<T>): Promise<{ value: T; tookMs: number }> {
  const startedAtMs = performance.now()
  const value = await work()
  return { value, tookMs: performance.now() - startedAtMs }
}
