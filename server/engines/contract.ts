import type { LagState, ProbeReach } from '@/model/observations'
import type { FenceStrength } from '@/model/states'

/**
 * What Homeport asks of any database engine. Adapters live beside this file, one folder an engine; only an adapter knows
 * its engine's SQL. Nothing here knows the catalog, an operation's journal or the interface.
 *
 * Three outcomes: a call returns (done), throws `NotDone` (certainly nothing happened) or throws `OutcomeUnknown` (the
 * deadline passed or the connection broke after sending). The caller resolves an unknown by reading back, never by retrying blindly.
 */
export interface EngineAdapter {
  readonly kind: string
  /** One probe of one kind. Never throws: a dead server is a result. */
  probe(
    target: Endpoint,
    kind: 'connect' | 'read' | 'write',
    command: ProbeCommand,
    call: CallOptions,
  ): Promise<ProbeResult>
  /** Everything a member says of itself in one round trip. Never throws. */
  observe(target: Endpoint, scope: string, call: CallOptions): Promise<MemberReport>
  /** How a member is set up and when it last archived: what a standby must have in common with its primary. Never throws. */
  settings(target: Endpoint, call: CallOptions): Promise<SettingsReport>
  /** The lag of a standby, from its own report and its source's. Pure: only an engine can compare its positions. */
  decideLag(source: MemberReport, standby: MemberReport): LagReading
  readonly failover: Capability<FailoverOps>
  /** Drops kept connections. */
  close(): Promise<void>
}

/** What an engine cannot do is a value with a reason, shown to the operator as it is. */
export type Capability<Ops> = ({ supported: true } & Ops) | { supported: false; reason: string }

/**
 * Two clocks that differ by more than this are not compared: no operation is planned over them, and an adapter refuses an
 * order that seems older than its sender's patience by more.
 */
export const CLOCK_SKEW_MS_MAX = 2_000

/** How the name of every throw-away copy begins: no member of an estate may be called so. */
export const CLONE_PREFIX = 'clone-'

/** No defaults: every call states its limit. */
export type CallOptions = { timeoutMs: number; signal: AbortSignal }

/** A member as reached from one vantage. Secrets are resolved just before and never stored with it. */
export type Endpoint = {
  memberId: string
  region: string
  vantageRegion: string
  host: string
  port: number
  database: string
  admin: { user: string; password: string }
  /** The ordinary role that the gate binds: canaries and write probes use it. */
  app: { user: string; password: string }
}

export type ProbeCommand = { scope: string; epoch: bigint }

export type ProbeResult =
  | { outcome: 'ok'; latencyMs: number }
  | { outcome: 'refused'; latencyMs: number; sqlstate: string; detail: string }
  | {
      outcome: 'timeout' | 'unreachable' | 'error'
      detail: string
      /** How far the attempt came; null when it was made on a kept connection, whose end says nothing about new ones. */
      reach: ProbeReach | null
    }

export type MemberReport = { reachable: false; detail: string } | ({ reachable: true } & MemberFacts)

export type MemberFacts = {
  role: 'primary' | 'standby'
  /** 64-bit, as text. */
  systemIdentifier: string
  timeline: number
  /** Primary: flushed WAL position. Standby: replayed WAL position. */
  lsn: string
  /** Standby only: what the receiver has; null on a primary or when nothing was received. */
  receivedLsn: string | null
  receiver: { status: string; upstreamPort: number | null; lastMessageAgeMs: number | null } | null
  /** Primary only: its standbys by their server name. */
  standbys: readonly {
    name: string
    state: string
    replayLsn: string | null
    replayLagMs: number | null
    sync: string
  }[]
  gate: GateFacts | null
  /** Age of the newest heartbeat row seen by this member, by its own clock, in ms; null when there is none. */
  heartbeatAgeMs: number | null
  /** When that row was written, by the clock of the server that wrote it: what a standby holds for certain is older than this. */
  heartbeatAt: Date | null
  preparedTransactions: readonly string[]
  /** Protected tables whose gate triggers are missing or disabled: a fence there would prove nothing. */
  unprotected: readonly string[]
  /** Settings that void a zero-loss claim, as sentences. */
  warnings: readonly string[]
  serverVersion: string
  serverName: string
  serverRegion: string | null
  /** Server clock minus ours at half of the round trip, in ms. */
  clockSkewMs: number
  sizeBytes: bigint
}

export type SettingsReport = { reachable: false; detail: string } | ({ reachable: true } & MemberSettings)

export type MemberSettings = {
  /** By name, as the engine itself prints them. What decides whether a standby can stand in for its primary; no secret. */
  values: Readonly<Record<string, string>>
  /** What leaves the server for its backups; null: nothing is configured to. */
  archive: { lastArchivedAt: Date | null; lastFailedAt: Date | null } | null
}

/** Three measures that are never merged; null is "not known". A standby that is cut off never reads as zero bytes behind. */
export type LagReading = {
  state: LagState
  bytes: bigint | null
  heartbeatAgeMs: number | null
  engineLagMs: number | null
  says: string
}

export type GateFacts = {
  scope: string
  region: string
  /** The server that the gate lets write, by its own name. */
  server: string | null
  epoch: bigint
  status: 'WRITABLE' | 'FROZEN' | 'FENCED'
  operationId: string | null
  /** Until when it may write without hearing from us; null: it holds no lease. */
  leaseUntil: Date | null
}

/** Stamped into every effect, so that a member can refuse a worker that lost its lease. */
export type EffectStamp = { scope: string; operationId: string; leaseEpoch: bigint }

export interface FailoverOps {
  /** Opens connections that the critical part will need, so that it does not pay for sign-in. Harmless. */
  warmUp(targets: readonly Endpoint[], call: CallOptions): Promise<void>
  /** Stops new writes and waits for those in flight, at most `drainMs`; then ends their sessions. Idempotent. */
  freeze(
    primary: Endpoint,
    stamp: EffectStamp & { epoch: bigint; drainMs: number },
    call: CallOptions,
  ): Promise<{ terminatedCount: number }>
  /** Undo of `freeze`, possible only while the gate is FROZEN by the same operation. */
  thaw(primary: Endpoint, stamp: EffectStamp & { epoch: bigint }, call: CallOptions): Promise<void>
  /**
   * Closes the gate for good at `epoch` (the next one) and proves it with a canary write by the ordinary role. Writers in
   * flight have `drainMs` (1 s where it is not said) to end by themselves, then their sessions are ended; if they do not,
   * nothing has changed. Resolves only with proof. A closed gate is never thawed: going back means `openGate` at a still
   * higher epoch. `onClosed` is told where the log ends as soon as that is known, before the proof: enough to wait for it.
   */
  fence(
    primary: Endpoint,
    stamp: EffectStamp & { epoch: bigint; drainMs?: number; onClosed?: (end: LogEnd) => void },
    call: CallOptions,
  ): Promise<ProvenFence>
  /**
   * Resolves once `standby` has replayed `lsn` on the timeline of the receipt; `NotDone` if it never can. Given the fence
   * that lies there, it also looks for it: two lines of timelines may have the same number, and only one holds that fence.
   */
  awaitReplay(
    standby: Endpoint,
    until: LogEnd & { fence?: { operationId: string; epoch: bigint } },
    call: CallOptions,
  ): Promise<{ replayedLsn: string; tookMs: number }>
  /** Cannot be called without a receipt. Idempotent: promoting a primary of the same family is done already. */
  promote(standby: Endpoint, receipt: FenceReceipt, call: CallOptions): Promise<{ timeline: number; lsn: string }>
  /**
   * Both in one order, since a round trip between them would lie in the write pause. Only with a proven receipt whose fence
   * is in the log: the gate is opened by what the server itself then holds of that fence, whatever became of the promotion.
   */
  promoteAndOpen(
    standby: Endpoint,
    receipt: FenceReceipt,
    stamp: EffectStamp & { epoch: bigint; region: string },
    call: CallOptions,
  ): Promise<{ timeline: number; lsn: string }>
  /** Opens the gate of a primary in its own region at an epoch higher than any it has seen. Idempotent. */
  openGate(primary: Endpoint, stamp: EffectStamp & { epoch: bigint; region: string }, call: CallOptions): Promise<void>
  /**
   * Extends the write lease of a WRITABLE gate to an absolute instant, never back, at its own epoch only; waits for no writer.
   * The first call of an epoch makes the gate a leased one, and that one does wait, briefly. Resolves with the end in force.
   * `NotDone` when the gate is closed, belongs to another server or another epoch, or the server's clock does not fit.
   */
  renewLease(primary: Endpoint, lease: LeaseOrder, call: CallOptions): Promise<Date>
  /**
   * Waits until a standby that receives nothing any more has replayed all that it has received, and says where that is and
   * which transactions it holds. `NotDone` while something still arrives, or when it is of another family or lineage.
   */
  drain(standby: Endpoint, family: { systemIdentifier: string; timeline: number }, call: CallOptions): Promise<Drained>
  /** Undo of `drain`: it receives again. Also to be called after a promotion. Harmless on a member that was never drained. */
  undrain(standby: Endpoint, call: CallOptions): Promise<void>
  /**
   * Compares a closed former primary with its successor: every row of a protected table that was written or deleted in a
   * transaction the successor never saw. Copies the rows into the successor's own database (homeport.unreplicated_write),
   * where the tenants' data may lie, and yields keys and hashes. Idempotent for one divergence.
   */
  readTail(old: Endpoint, successor: Endpoint, divergence: Divergence, call: CallOptions): AsyncIterable<TailRow>
  /**
   * Gives the gate of a throw-away copy a scope of its own, so that nothing done to it afterwards can be meant for the live one.
   * Idempotent. `NotDone` on any server but a promoted copy that bears a clone's name and that the gate never let write.
   */
  adoptClone(clone: Endpoint, order: { liveScope: string; drillScope: string }, call: CallOptions): Promise<void>
  /** One committed write by the ordinary role through the gate. */
  proveWritable(
    primary: Endpoint,
    stamp: EffectStamp & { epoch: bigint },
    call: CallOptions,
  ): Promise<{ tookMs: number }>
}

export type LeaseOrder = {
  scope: string
  epoch: bigint
  until: Date
  /**
   * What is left until `until` by the clock of whoever grants it. A server by whose own clock it would last longer than this
   * and `CLOCK_SKEW_MS_MAX` refuses: its clock is behind, and it would go on writing after the lease is over for everybody else.
   */
  lastsMs: number
}

/** Where a standby stood when it was cut off for good: taken in recovery, after the last received byte was replayed. */
export type Drained = {
  timeline: number
  lsn: string
  /** Text of pg_snapshot: the transactions it saw end. What is not visible in it never came over. */
  snapshot: string
  tookMs: number
}

export type Divergence = { operationId: string; snapshot: string; lsn: string }

/** No column values: they stay in the cell. Hashes are SHA-256 over the canonical text of the row, null where there is no row. */
export type TailRow = {
  table: string
  /** Primary key as canonical JSON text. */
  key: string
  tenantId: string | null
  change: 'insert' | 'update' | 'delete'
  xid: string | null
  theirsHash: string | null
  oursHash: string | null
  columns: readonly string[]
  /** Of a column named `version` that holds a whole number; null where there is no row or no such column. */
  versions: { theirs: string | null; ours: string | null }
}

/** Flushed WAL position after a gate closed: everything ever acknowledged lies at or below it. */
export type LogEnd = { systemIdentifier: string; timeline: number; lsn: string }

export type ProvenFence = LogEnd & {
  strength: 'PROVEN'
  refusal: { code: string; sqlstate: string }
  preparedTransactions: readonly string[]
  /** Server's clock, rounded up: what was acknowledged in the last part of a millisecond was acknowledged before it. */
  closedAt: Date
  closeTookMs: number
  /** Sessions of writers that did not end by themselves. */
  terminatedCount: number
}

/** A stored receipt of any strength; promotion takes one and checks that it covers the member's family. */
export type FenceReceipt = {
  id: string
  strength: FenceStrength
  operationId: string
  memberId: string
  epoch: bigint
  systemIdentifier: string | null
  timeline: number | null
  lsn: string | null
  /**
   * False: the log that the fence lies in never came over, and its loss was accepted. Then timeline and position are those at
   * which the standby was drained, and the fence's own row is not looked for. Absent: a proven fence must be there.
   */
  isFenceInLog?: boolean
}

/** Rebuilds of the server on the machine under a member: an agent on real hosts, the fleet on the embedded default. */
export interface HostAgent {
  /** Makes the member a fresh standby of `source`. Idempotent for one operation id. */
  rebuildStandby(
    member: string,
    from: { source: string; operationId: string },
    call: CallOptions,
  ): Promise<{ tookMs: number; bytes: number }>
  /**
   * Starts a copy of a standby beside it, promoted, reachable by nobody but us, and gone after `discardClone`. Idempotent. Its
   * member id begins with `CLONE_PREFIX`, and so does the name that the server itself gives.
   */
  startClone(
    member: string,
    order: { operationId: string },
    call: CallOptions,
  ): Promise<{ endpoint: Endpoint; tookMs: number; bytes: number }>
  discardClone(order: { operationId: string }, call: CallOptions): Promise<void>
}

/**
 * Takes a machine out of service from outside: power, network or a security group. The last resort that still proves
 * something, for a server that cannot be asked. Implementations: an HTTP hook, a command, and the embedded fleet's power switch.
 */
export interface FencingAgent {
  /** What it is, for people: "power switch of the embedded fleet". */
  readonly describes: string
  /** Whether an order could be carried out now. Changes nothing; never throws. */
  check(member: string, call: CallOptions): Promise<{ isReady: boolean; says: string }>
  /**
   * Resolves when the machine is off and will stay off until `bringBackClosed`. Idempotent for one operation id. `NotDone`
   * only when nothing was switched.
   */
  powerOff(member: string, order: { operationId: string }, call: CallOptions): Promise<PowerOffReceipt>
  /** Starts the machine so that nobody but the console reaches its database; it stays so until it is rebuilt as a standby. */
  bringBackClosed(member: string, order: { operationId: string }, call: CallOptions): Promise<void>
  /** Undo of `powerOff` before the point of no return: as it was. */
  release(member: string, order: { operationId: string }, call: CallOptions): Promise<void>
}

export type PowerOffReceipt = {
  offAt: Date
  /** The agent's own words and numbers: kept as evidence, shown as they are. */
  evidence: Readonly<Record<string, string | number | boolean | null>>
}

/** Certain: the effect did not happen. `says` is shown to the operator. */
export class NotDone extends Error {
  override name = 'NotDone'
  constructor(
    readonly says: string,
    options?: ErrorOptions,
  ) {
    super(says, options)
  }
}

/** Nobody knows whether the effect happened: read back before anything else. */
export class OutcomeUnknown extends Error {
  override name = 'OutcomeUnknown'
  constructor(
    readonly says: string,
    options?: ErrorOptions,
  ) {
    super(says, options)
  }
}
