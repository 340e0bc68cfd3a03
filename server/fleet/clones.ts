import { rm, statfs } from 'node:fs/promises'
import { copyForClone } from './base-backup'
import type { CloneReceipt } from './contract'
import { FleetError } from './fleet-error'
import { writeConfiguration } from './initialise'
import type { Member } from './member'
import { findFreePort, LOOPBACK } from './ports'
import { abandonPostmaster, cloneDir, findPostmaster, PortTaken, type Seat, startPostmaster } from './postmaster'
import { CLONE_HBA_CONF, clusterName } from './settings'
import { withServer } from './sql'
import { until } from './waiting'

const CLONES_MAX = 2
/** A drill takes minutes: what is older belongs to nobody, and gives its place to the next. */
const CLONE_AGE_MS_MAX = 60 * 60_000
const CLONE_BYTES_MAX = 10 * 1024 ** 3
/** Left on the disk beside a clone, for the servers that matter. */
const FREE_BYTES_MIN = 1024 ** 3
const DISCARDED_KEPT_MAX = 1_000
const REMOVALS_RETRIED_MAX = 3
const PORTS_TRIED_MAX = 5
const PROMOTION_TIMEOUT_MS = 60_000
const PROMOTION_POLL_MS = 25
const ASK_TIMEOUT_MS = 5_000

type Clone = { seat: Seat; receipt: CloneReceipt; startedAtMs: number }

/**
 * Throw-away copies of standbys, for drills. A clone has a name of its own, for which no gate was ever opened; a port that
 * no relay leads to; nobody can make a standby of it; and it subscribes to nothing.
 *
 * A clone belongs to the run of the fleet that made it: its data directory is one that the next start sweeps away.
 */
export class Clones {
  readonly #clones = new Map<string, Clone>()
  readonly #discarded: string[] = []
  #queue: Promise<unknown> = Promise.resolve()

  /** The same clone for the same operation. Throws `conflict` when there is no room, or it was discarded already. */
  start(member: Member, operationId: string): Promise<CloneReceipt> {
    return this.#inTurn(async () => {
      if (this.#discarded.includes(operationId))
        throw new FleetError('conflict', `The clone of operation ${operationId} was discarded already.`)
      const known = this.#clones.get(operationId)
      if (known && known.receipt.of !== member.name)
        throw new FleetError('conflict', `Operation ${operationId} has a clone of ${known.receipt.of} already.`)
      if (known && (await findPostmaster(known.seat.dir))) return known.receipt
      if (known) await this.#remove(operationId, known)
      await this.#makeRoom(member)
      return this.#build(member, operationId)
    })
  }

  /** Idempotent. A start that comes later, from a worker that was overtaken, is refused. */
  discard(operationId: string): Promise<void> {
    return this.#inTurn(async () => {
      this.#discarded.push(operationId)
      this.#discarded.splice(0, this.#discarded.length - DISCARDED_KEPT_MAX)
      const clone = this.#clones.get(operationId)
      if (clone) await this.#remove(operationId, clone)
    })
  }

  discardAll(): Promise<void> {
    return this.#inTurn(async () => {
      for (const [operationId, clone] of this.#clones) await this.#remove(operationId, clone)
    })
  }

  async #makeRoom(member: Member): Promise<void> {
    for (const [operationId, clone] of this.#clones)
      if (performance.now() - clone.startedAtMs > CLONE_AGE_MS_MAX) await this.#remove(operationId, clone)
    if (this.#clones.size >= CLONES_MAX) {
      const names = [...this.#clones.values()].map(({ receipt }) => receipt.name).join(' and ')
      throw new FleetError('conflict', `There are ${CLONES_MAX} clones already (${names}): discard one first.`)
    }
    const sizeBytes = await sizeOf(member)
    const { bavail, bsize } = await statfs(member.seat.dir)
    if (sizeBytes > CLONE_BYTES_MAX || bavail * bsize < sizeBytes + FREE_BYTES_MIN)
      throw new FleetError(
        'conflict',
        `A clone of ${member.name} takes ${sizeBytes} bytes, which there is no room for.`,
      )
  }

  async #build(member: Member, operationId: string): Promise<CloneReceipt> {
    const startedAtMs = performance.now()
    const { dir, id } = cloneDir(member.seat.dir)
    const name = `clone-${id}`
    const seat = { ...member.seat, dir, logFile: `${member.seat.logFile}.${name}` }
    try {
      const sizeBytes = await copyForClone({ adminDsn: member.superuserDsn(), dir: member.seat.dir }, seat)
      await writeConfiguration(seat, member.cell, { hba: CLONE_HBA_CONF, extra: CLONE_SETTINGS })
      const port = await startOnFreePort(seat, { name, region: member.region })
      await untilPromoted(member.superuserDsn(port), name)
      const receipt: CloneReceipt = {
        operationId,
        of: member.name,
        name,
        region: member.region,
        host: LOOPBACK,
        port,
        appDsn: member.appDsn(port),
        adminDsn: member.superuserDsn(port),
        sizeBytes,
        durationMs: Math.round(performance.now() - startedAtMs),
      }
      this.#clones.set(operationId, { seat, receipt, startedAtMs })
      return receipt
    } catch (error) {
      await discardSeat(seat)
      throw error
    }
  }

  async #remove(operationId: string, { seat }: Clone): Promise<void> {
    await discardSeat(seat)
    this.#clones.delete(operationId)
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work)
    this.#queue = turn.catch(() => {})
    return turn
  }
}

/** It recovers to the end of the log it was given and goes on as a primary, on a timeline of its own. */
const CLONE_SETTINGS = {
  restore_command: "'false'",
  recovery_target_timeline: "'current'",
  // A copy of a subscriber would take over its subscriptions.
  max_logical_replication_workers: '0',
}

async function sizeOf(member: Member): Promise<number> {
  const { isStandby, sizeBytes } = await withServer(member.superuserDsn(), ASK_TIMEOUT_MS, async (client) => {
    const { rows } = await client.query<{ isStandby: boolean; sizeBytes: string }>(
      `SELECT pg_is_in_recovery() AS "isStandby", (SELECT sum(pg_database_size(oid)) FROM pg_database)
         + (SELECT sum(size) FROM pg_ls_waldir()) AS "sizeBytes"`,
    )
    return rows[0]!
  }).catch((cause) => {
    throw new FleetError('conflict', `${member.name} does not answer, so nothing can be copied from it.`, { cause })
  })
  if (!isStandby) throw new FleetError('conflict', `${member.name} is a primary: a drill copies a standby.`)
  return Number(sizeBytes)
}

async function startOnFreePort(seat: Seat, own: { name: string; region: string }): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort()
    try {
      await startPostmaster(seat, { port, clusterName: clusterName(own) }, new AbortController().signal)
      return port
    } catch (error) {
      if (!(error instanceof PortTaken) || attempt === PORTS_TRIED_MAX) throw error
    }
  }
}

async function untilPromoted(dsn: string, name: string): Promise<void> {
  const limits = { timeoutMs: PROMOTION_TIMEOUT_MS, everyMs: PROMOTION_POLL_MS }
  await withServer(dsn, PROMOTION_TIMEOUT_MS, (client) =>
    until(`${name} to be a primary`, limits, async () => {
      const { rows } = await client.query<{ isPrimary: boolean }>('SELECT NOT pg_is_in_recovery() AS "isPrimary"')
      return rows[0]?.isPrimary ? true : null
    }),
  )
}

async function discardSeat(seat: Seat): Promise<void> {
  await abandonPostmaster(seat.dir)
  await rm(seat.dir, { recursive: true, force: true, maxRetries: REMOVALS_RETRIED_MAX })
  await rm(seat.logFile, { force: true })
}
