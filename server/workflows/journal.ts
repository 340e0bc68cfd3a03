import type { AuditAction } from '@/model/audit-actions'
import type { Json } from '@/model/canonical-json'
import { invariant } from '@/model/invariant'
import {
  canStepMove,
  finalOperationStates,
  nextOperationState,
  type OperationEvent,
  type OperationState,
  type StepState,
} from '@/model/states'
import { type AuditEntry, appendAudits, type Db, type Tx, transact } from '@/server/db'
import { type OperationRecord, type StepRecord, stepOf } from './operation-record'

/** A worker's right to an operation. Whoever shows a lower epoch is refused, here and by every receiver of an effect. */
export type Lease = { operationId: string; holder: string; epoch: bigint; ttlMs: number }

/** Another worker has the operation: whatever this one knows is out of date, and it must stop without a word. */
export class LeaseLost extends Error {
  override name = 'LeaseLost'
  constructor(lease: Lease) {
    super(`${lease.holder} no longer holds operation ${lease.operationId} at lease epoch ${lease.epoch}.`)
  }
}

/** What a worker holds while it drives an operation: the lease, and the journal as of its own last write. */
export type Held = { lease: Lease; homeRegion: string; operation: OperationRecord }

/**
 * Records one change of a held operation: its step moves, its own move, their audit events and the announcement commit
 * together, under the row lock that also orders the requests of people, and only while the lease is ours (LeaseLost
 * otherwise). `change` may run again after a serialization failure, so it touches nothing but the draft.
 */
export async function record<T>(db: Db, held: Held, change: (draft: Draft) => Promise<T> | T): Promise<T> {
  const { operation, result } = await transact(db, async (tx) => {
    const draft = new Draft(tx, held.lease, await lockHeld(tx, held))
    const result = await change(draft)
    return { result, operation: await draft.write(held.homeRegion) }
  })
  held.operation = operation
  return result
}

type Asked = Pick<OperationRecord, 'status' | 'statusReason' | 'abortRequestedAt' | 'pauseRequestedAt'>

/** Locks the operation if the lease is still ours, with what people may have asked for in the meantime. */
async function lockHeld(tx: Tx, { lease, operation }: Held): Promise<OperationRecord> {
  const [row] = await tx.$queryRaw<Asked[]>`
    SELECT status, status_reason AS "statusReason", abort_requested_at AS "abortRequestedAt",
      pause_requested_at AS "pauseRequestedAt" FROM operation
    WHERE id = ${lease.operationId}::uuid AND lease_holder = ${lease.holder} AND lease_epoch = ${lease.epoch} FOR UPDATE`
  if (!row) throw new LeaseLost(lease)
  return { ...operation, ...row }
}

/** Throws LeaseLost unless the lease is ours; the row stays locked until the transaction ends. */
export async function assertLease(tx: Tx, held: Held): Promise<void> {
  await lockHeld(tx, held)
}

export type StepChange = {
  says?: string | null
  error?: string | null
  output?: Json | null
  attempts?: number
  /** Set when an attempt starts: its deadline from now. */
  timeoutMs?: number
}

type StepWrite = {
  was: StepState
  step: StepRecord
  /** Null: not in this change. */
  startedAgoMs: number | null
  endedAgoMs: number | null
  timeoutMs: number | null
}
type Event = { action: AuditAction; detail: { [key: string]: Json } }

/** One change in the making. Moves are checked against model/states.ts at once and written together. */
export class Draft {
  private readonly steps = new Map<string, StepWrite>()
  private readonly events: (Event | AuditEntry)[] = []
  private readonly was: OperationState
  private passesReturn = false
  private releases = false
  private untouchedMs: number | null = null
  private lateByMs = 0

  constructor(
    readonly tx: Tx,
    private readonly lease: Lease,
    public operation: OperationRecord,
  ) {
    this.was = operation.status
  }

  /** Moves a step and notes the event. Throws InvariantError when model/states.ts does not allow it. */
  moveStep(name: string, to: StepState, change: StepChange, action: AuditAction): void {
    const before = stepOf(this.operation, name)
    invariant(canStepMove(before.status, to), `Step ${name} cannot go from ${before.status} to ${to}.`)
    const { timeoutMs = null, ...fields } = change
    const step: StepRecord = { ...before, ...fields, status: to }
    const earlier = this.steps.get(name)
    this.steps.set(name, {
      was: earlier?.was ?? before.status,
      step,
      startedAgoMs: timeoutMs === null ? (earlier?.startedAgoMs ?? null) : this.lateByMs,
      endedAgoMs: timeoutMs === null ? this.lateByMs : null,
      timeoutMs: timeoutMs ?? earlier?.timeoutMs ?? null,
    })
    this.operation = {
      ...this.operation,
      steps: this.operation.steps.map((each) => (each.name === name ? step : each)),
    }
    this.note(action, {
      step: name,
      title: step.title,
      from: before.status,
      to,
      attempt: step.attempts,
      ...(step.says && !timeoutMs && { says: step.says }),
      ...(step.error && !timeoutMs && { error: step.error, says: step.error }),
    })
  }

  /** Moves the operation. Resting states give the lease back in the same transaction. */
  move(event: OperationEvent, reason: string | null, action: AuditAction, detail: { [key: string]: Json } = {}): void {
    const from = this.operation.status
    const to = nextOperationState(from, event)
    invariant(to, `Operation ${this.operation.code} is ${from}: ${event} is not legal.`)
    this.operation = { ...this.operation, status: to, statusReason: reason }
    this.releases = !['running', 'undoing'].includes(to)
    this.note(action, { ...detail, event, from, to, ...(reason && { reason, says: reason }) })
  }

  /** Gives the lease back; unless a person asks, nobody takes the operation before that time is over. */
  giveBackFor(untouchedMs: number): void {
    this.releases = true
    this.untouchedMs = untouchedMs
  }

  /** From here the operation only goes forward. */
  passReturn(): void {
    this.passesReturn = true
    // Provisional until `write` reads the catalog's own time; decisions only ask whether it is set.
    this.operation = { ...this.operation, pointOfNoReturnAt: new Date() }
  }

  /** Moves from here on took place that long ago, by a clock that cannot be set. */
  recordLateBy(ms: number): void {
    this.lateByMs = ms
  }

  note(action: AuditAction, detail: { [key: string]: Json }): void {
    this.events.push({ action, detail })
  }

  /** An event that is not the operation's own. */
  noteOf(entry: AuditEntry): void {
    this.events.push(entry)
  }

  async write(homeRegion: string): Promise<OperationRecord> {
    const steps = await this.writeSteps()
    const pointOfNoReturnAt = await this.writeOperation()
    const entries = this.auditEntries(homeRegion)
    if (entries.length > 0) {
      await appendAudits(this.tx, entries, { topic: 'operations', ids: [this.operation.id] })
    }
    return { ...this.operation, steps, pointOfNoReturnAt }
  }

  /** In the order in which they were noted, which is the order in which the trail tells them. */
  private auditEntries(homeRegion: string): AuditEntry[] {
    const { id, code, scope, requestId } = this.operation
    const occurredAt = new Date()
    return this.events.map((event) =>
      'actor' in event
        ? event
        : {
            actor: { kind: 'worker', name: this.lease.holder },
            action: event.action,
            aggregateType: 'operation',
            aggregateId: id,
            homeRegion,
            scope,
            correlationId: requestId ?? id,
            occurredAt,
            detail: { code, leaseEpoch: this.lease.epoch.toString(), ...event.detail },
          },
    )
  }

  private async writeSteps(): Promise<readonly StepRecord[]> {
    if (this.steps.size === 0) return this.operation.steps
    const changes = [...this.steps.values()].map(({ was, step, ...times }) => {
      const { position, status, attempts, says, error, output } = step
      return { position, was, status, attempts, ...times, says, error, output }
    })
    const written = await this.tx.$queryRaw<{ position: number; startedAt: Date | null; finishedAt: Date | null }[]>`
      UPDATE operation_step AS s SET
        status = c.status, attempts = c.attempts, says = c.says, error = c.error, output = c.output,
        lease_epoch = ${this.lease.epoch},
        started_at = CASE WHEN c.status = 'pending' THEN NULL
                          ELSE COALESCE(s.started_at, now() - c."startedAgoMs" * interval '1 millisecond') END,
        deadline_at = CASE WHEN c.status = 'pending' THEN NULL ELSE COALESCE(now() + c."timeoutMs" * interval '1 millisecond', s.deadline_at) END,
        finished_at = CASE WHEN c.status = 'pending' THEN NULL ELSE now() - c."endedAgoMs" * interval '1 millisecond' END
      FROM jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) AS c(
        was text, "startedAgoMs" float8, "endedAgoMs" float8, "timeoutMs" float8, position int, status text, attempts int,
        says text, error text, output jsonb)
      WHERE s.operation_id = ${this.operation.id}::uuid AND s.position = c.position AND s.status = c.was
      RETURNING s.position, s.started_at AS "startedAt", s.finished_at AS "finishedAt"`
    invariant(written.length === changes.length, `A step of ${this.operation.code} was changed by somebody else.`)
    return this.operation.steps.map((step) => ({
      ...step,
      ...written.find(({ position }) => position === step.position),
    }))
  }

  private async writeOperation(): Promise<Date | null> {
    const { id, status, statusReason, code } = this.operation
    if (status === this.was && !this.passesReturn && !this.releases) return this.operation.pointOfNoReturnAt
    const isFinal = finalOperationStates.some((final) => final === status)
    if (status === 'undone') await skipPending(this.tx, id)
    const report = status === 'done' ? JSON.stringify(this.operation.steps.at(-1)?.output ?? null) : null
    const rows = await this.tx.$queryRaw<{ passedAt: Date | null }[]>`
      UPDATE operation SET
        status = ${status}, status_reason = ${statusReason}, report = COALESCE(${report}::jsonb, report),
        started_at = COALESCE(started_at, now()),
        point_of_no_return_at = CASE WHEN ${this.passesReturn} THEN now() ELSE point_of_no_return_at END,
        pause_requested_at = CASE WHEN ${status} = 'running' THEN pause_requested_at END,
        finished_at = CASE WHEN ${isFinal} THEN now() END,
        lease_holder = CASE WHEN ${this.releases} THEN NULL ELSE lease_holder END,
        lease_until = CASE WHEN ${this.releases} THEN now() + ${this.untouchedMs}::float8 * interval '1 millisecond'
                           ELSE lease_until END
      WHERE id = ${id}::uuid AND status = ${this.was}
        AND lease_holder = ${this.lease.holder} AND lease_epoch = ${this.lease.epoch}
      RETURNING point_of_no_return_at AS "passedAt"`
    invariant(rows.length === 1, `Operation ${code} was changed by somebody else.`)
    return rows[0]!.passedAt
  }
}

/** What was never started stays so, visibly. */
export async function skipPending(tx: Tx, operationId: string): Promise<void> {
  await tx.operationStep.updateMany({ where: { operationId, status: 'pending' }, data: { status: 'skipped' } })
}
