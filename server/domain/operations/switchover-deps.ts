import type { ForcedFailoverPlan, LosslessPlan, OperationPlan } from '@/model/schemas/plans'
import type { Actor, Db } from '@/server/db'
import {
  type CallOptions,
  type EffectStamp,
  type Endpoint,
  type EngineAdapter,
  type FailoverOps,
  type FencingAgent,
  type HostAgent,
  NotDone,
  OutcomeUnknown,
} from '@/server/engines/contract'
import { StepFailed, StepRefused, type StepRun } from '@/server/workflows'

/** What a worker wires in, once for all operations. */
export type SwitchoverDeps = {
  db: Db
  engine: EngineAdapter
  /** Null: nobody can rebuild a server for us, and a person must. */
  hostAgent: HostAgent | null
  /** Null: no machine can be taken out of service from outside. */
  fencingAgent: FencingAgent | null
  /** A member as reached from where this worker runs. Cheap: it is asked inside the write pause. */
  endpointOf(memberId: string): Promise<Endpoint> | Endpoint
  /** Where this worker runs. */
  vantageRegion: string
}

export type SwitchoverRun = StepRun<LosslessPlan, SwitchoverDeps>

/** A run that moves the writer of a cell, with the old primary's help or without it. */
export type MoveRun = StepRun<LosslessPlan | ForcedFailoverPlan, SwitchoverDeps>

/** Output of the first step. The request is read there, so that no step inside the pause has to ask for it. */
export type RecheckOutput = { requestId: string | null; lagMs: number | null; warnings: string[] }

/** Ties the events of this run to those of its request. */
export function correlationOf(run: MoveRun): string {
  return run.outputOf<RecheckOutput>('recheck-plan').requestId ?? run.operationId
}

export function workflowActor({ params }: MoveRun): Actor {
  return { kind: 'worker', name: params.kind === 'forced-failover' ? 'failover' : 'switchover' }
}

export function failoverOf(deps: SwitchoverDeps): FailoverOps {
  if (!deps.engine.failover.supported) throw new StepRefused(deps.engine.failover.reason)
  return deps.engine.failover
}

export function callOf(run: MoveRun): CallOptions {
  return { timeoutMs: run.timeoutMs, signal: run.signal }
}

export function stampOf(run: MoveRun): EffectStamp {
  return { scope: run.params.scope, operationId: run.operationId, leaseEpoch: run.leaseEpoch }
}

/** The epochs of this run: `now` is approved, `next` belongs to the target, `back` to the source if it must reopen. */
export function epochsOf(plan: Pick<OperationPlan, 'epoch'>): { now: bigint; next: bigint; back: bigint } {
  const now = BigInt(plan.epoch.from)
  return { now, next: now + 1n, back: now + 2n }
}

/** Translates an engine's answer: certainly nothing happened is a failure; an unknown outcome stays unknown. */
export async function effect<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (error instanceof NotDone) throw new StepFailed(error.says)
    if (error instanceof OutcomeUnknown) throw new Error(error.says, { cause: error })
    throw error
  }
}

/** For calls that only look or wait: whatever went wrong, nothing happened. */
export async function looking<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (error instanceof NotDone || error instanceof OutcomeUnknown) throw new StepFailed(error.says)
    throw error
  }
}
