import { setTimeout as sleep } from 'node:timers/promises'
import { finalOperationStates } from '@/model/states'
import { type Db, transact } from '@/server/db'
import { type ControlOrder, requestAbort, requestPause, requestResume, requestRetry } from './controls'
import { StepFailed, StepRefused, type Workflow } from './define'
import type { Fault } from './every-fault'
import { type FaultPlan, type FaultPoint, WorkerCrashed } from './faults'
import { historyViolations, restViolations } from './history'
import { findOperation, type OperationRecord } from './operation-record'
import { untilAborted } from './testing/until-aborted'
import { startOperationWorker } from './worker'

const RUN_MS_MAX = 60_000
const POLL_MS = 15
/** Long enough that a worker that was overtaken does not learn it from its own heartbeat. */
const LEASE_TTL_MS = 60_000
const HANG_TIMEOUT_MS = 300
/** Slow enough to be seen waiting, quick enough for hundreds of runs. */
const UNDO_EVERY_MS = { min: 200, max: 400 }

/** Where a workflow is proven: what it acts on, and what must hold there. */
export type World<Deps> = {
  /** A fresh operation, queued; each run has its own. */
  enqueue(): Promise<string>
  deps: Deps
  /** Whatever is wrong once the operation is final; empty when every invariant holds. */
  violations(operation: OperationRecord): Promise<string[]>
  dispose?(): Promise<void>
}

export type Proof<Params, Deps> = {
  db: Db
  /** A connection pool of the catalog for one worker alone, so that its connections can be cut. */
  connect(): Connection
  workflow: Workflow<Params, Deps>
  faults: readonly Fault[]
  worldFor(fault: Fault): Promise<World<Deps>>
  person: Omit<ControlOrder, 'operationId' | 'reason'>
  /** Runs at once; 1 where all runs share one world. */
  concurrencyMax: number
  onVerdict?(verdict: Verdict): void
}

export type Connection = { db: Db; close(): Promise<void>; cut(): Promise<void> }

export type Verdict = { fault: string; status: string; tookMs: number; violations: string[] }

/**
 * Runs the workflow once for each fault, with a second worker at hand, until it rests; where a person must act, one does,
 * and what waits between two tries to go back finds the cause gone, without a person.
 * Every run must end final, with a history of legal moves that its audit events retell, no lease left, and the world's own
 * invariants whole. A fault that never struck is a violation too, except halfway through a step that has no half way.
 */
export async function proveWorkflow<Params, Deps>(proof: Proof<Params, Deps>): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  const waiting = [...proof.faults]
  const lane = async () => {
    for (let fault = waiting.shift(); fault; fault = waiting.shift()) {
      const verdict = await proveOne(proof, fault)
      verdicts.push(verdict)
      proof.onVerdict?.(verdict)
    }
  }
  await Promise.all(Array.from({ length: proof.concurrencyMax }, lane))
  return verdicts
}

async function proveOne<Params, Deps>(proof: Proof<Params, Deps>, fault: Fault): Promise<Verdict> {
  const startedMs = performance.now()
  const world = await proof.worldFor(fault)
  const operationId = await world.enqueue()
  const scene = new Scene(proof, fault, world, operationId)
  try {
    const operation = await scene.play()
    const violations = [
      ...scene.violations,
      ...restViolations(operation),
      ...(await historyViolations(proof.db, operation)),
      ...(await world.violations(operation)),
    ]
    return { fault: fault.name, status: operation.status, tookMs: performance.now() - startedMs, violations }
  } finally {
    await scene.clear()
    await world.dispose?.()
  }
}

type Actor = { connection: Connection; done: Promise<void> }

/** One run: the worker that meets the fault, the one that takes over, and the person. */
class Scene<Params, Deps> {
  readonly violations: string[] = []
  private readonly end = new AbortController()
  private readonly actors: Actor[] = []
  private readonly deadlineMs = performance.now() + RUN_MS_MAX
  private hasStruck = false
  private isHealed = false
  private second: Actor | null = null

  constructor(
    private readonly proof: Proof<Params, Deps>,
    private readonly fault: Fault,
    private readonly world: World<Deps>,
    private readonly operationId: string,
  ) {}

  async play(): Promise<OperationRecord> {
    const first = this.enter('first', (point) => this.meet(point))
    if (this.fault.act === 'crash') {
      // A step without a half way never crashes there: then the operation simply comes to rest.
      await this.until('the crash', () => this.hasStruck || this.isResting())
      if (this.hasStruck) {
        await first.done
        await this.takeOver()
      }
    }
    let operation = await this.rest()
    if (operation.status === 'paused') {
      await this.ask(requestResume)
      operation = await this.rest()
    }
    if (operation.status === 'undoing') {
      this.isHealed = true
      operation = await this.rest()
    }
    if (operation.status === 'needs-human') operation = await this.help(operation)
    // Everybody leaves the stage first: a zombie's last word may only be a refusal.
    await this.clear()
    if (!this.hasStruck && !this.fault.place.endsWith('halfway')) this.violations.push('The fault never struck.')
    return (await findOperation(this.proof.db, this.operationId)) ?? operation
  }

  async clear(): Promise<void> {
    this.isHealed = true
    this.end.abort()
    for (const actor of this.actors.splice(0)) {
      await actor.done
      await actor.connection.close()
    }
  }

  private async meet(point: FaultPoint): Promise<void> {
    if (point.step === this.fault.refuseAt && point.place === 'before') throw new StepRefused('Sent back by the test.')
    if (this.isHealed || point.step !== this.fault.step || point.place !== this.fault.place) return
    if (this.hasStruck && !this.fault.isAlways) return
    this.hasStruck = true
    await this.strike(point)
  }

  private async strike(point: FaultPoint): Promise<void> {
    switch (this.fault.act) {
      case 'fail':
        throw new StepFailed('Failed by the test.', { isAfterEffect: point.place === 'effect' })
      case 'refuse':
        throw new StepRefused('Refused by the test.', { isAfterEffect: point.place === 'effect' })
      case 'lose-answer':
        throw new Error('The answer was lost by the test.')
      case 'crash':
        throw new WorkerCrashed('Crashed by the test.')
      case 'hang':
        throw await untilAborted(point.signal)
      case 'overtake':
        return this.overtake(point.leaseEpoch)
      case 'zombie':
        await this.overtake(point.leaseEpoch)
        await this.rest()
        return
      case 'cut':
        return this.actors[0]!.connection.cut()
      case 'abort':
        // Refused once the decision is being taken, which is as good an answer.
        return this.ask(requestAbort).catch(() => {})
      case 'pause':
        return this.ask(requestPause)
    }
  }

  /** Ends the first worker's lease as time would, and waits until another worker has the operation. */
  private async overtake(leaseEpoch: bigint): Promise<void> {
    await this.takeOver()
    await this.until('the second worker to lease it', async () => (await this.read()).leaseEpoch > leaseEpoch)
  }

  private async takeOver(): Promise<void> {
    this.second ??= this.enter('second', (point) => this.meet(point))
    await this.proof.db.$executeRaw`
      UPDATE operation SET lease_until = now() - interval '1 second' WHERE id = ${this.operationId}::uuid`
  }

  private enter(role: string, faults: FaultPlan): Actor {
    const connection = this.fault.act === 'cut' ? this.proof.connect() : sharedConnection(this.proof.db)
    const { done } = startOperationWorker({
      db: connection.db,
      workflows: [this.workflow()],
      deps: this.world.deps,
      workerName: `${role}-${this.operationId}`,
      homeRegion: this.proof.person.homeRegion,
      operationId: this.operationId,
      leaseTtlMs: LEASE_TTL_MS,
      pollMs: POLL_MS,
      undoEveryMs: UNDO_EVERY_MS,
      signal: this.end.signal,
      faults,
    })
    const actor = { connection, done }
    this.actors.push(actor)
    return actor
  }

  private workflow(): Workflow<Params, Deps> {
    if (this.fault.act !== 'hang') return this.proof.workflow
    const steps = this.proof.workflow.steps.map((step) =>
      step.name === this.fault.step ? { ...step, timeoutMs: HANG_TIMEOUT_MS } : step,
    )
    return { ...this.proof.workflow, steps }
  }

  /** The person repairs the cause and tries again. */
  private async help(operation: OperationRecord): Promise<OperationRecord> {
    this.violations.push(...restViolations(operation))
    this.isHealed = true
    await this.ask(requestRetry)
    return this.rest()
  }

  private async ask(control: typeof requestAbort): Promise<void> {
    const { db, person } = this.proof
    await transact(db, (tx) =>
      control(tx, { ...person, operationId: this.operationId, reason: 'The test asks for it.' }),
    )
  }

  private async rest(): Promise<OperationRecord> {
    await this.until('the operation to rest', () => this.isResting())
    return this.read()
  }

  /** By what `until` read last. Once healed, what waits for its next try has not come to rest: it must get there by itself. */
  private isResting(): boolean {
    const resting: readonly string[] = [...finalOperationStates, 'needs-human', 'paused']
    const { status, nextTryAt } = this.seen ?? {}
    if (status === 'undoing') return !this.isHealed && nextTryAt !== null
    return status !== undefined && resting.includes(status)
  }

  private seen: OperationRecord | null = null

  private async until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    while (performance.now() < this.deadlineMs) {
      this.seen = await this.read()
      if (await isSo()) return
      await sleep(POLL_MS)
    }
    throw new Error(
      `${this.fault.name}: waited ${RUN_MS_MAX} ms for ${what}; it is ${JSON.stringify(await this.read(), withBigint)}`,
    )
  }

  private async read(): Promise<OperationRecord> {
    return (await findOperation(this.proof.db, this.operationId))!
  }
}

function sharedConnection(db: Db): Connection {
  const nothing = async () => {}
  return { db, close: nothing, cut: nothing }
}

const withBigint = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)
