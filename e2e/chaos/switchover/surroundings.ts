import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { getChainStatus } from '@/server/domain/audit'
import type { SwitchoverCell } from '@/server/domain/operations/testing-cell'
import { Application } from './spawn-application'
import { SequencerProcess } from './spawn-sequencer'
import { WebServer } from './spawn-web'

const TOKEN_BYTES = 32
/** Far above the ids of the other writers of this cell. */
const FIRST_ID = 1_000_000_000
const WRITE_EVERY_MS = 20
const POLL_MS = 50
/** A router that heard nothing asks again after a few hundred milliseconds; a new web process may be starting. */
const CONVERGE_MS_MAX = 30_000
/** The lease of a dead sequencer has to run out. */
const SEQUENCE_MS_MAX = 30_000
const RESTART_MS_MAX = 30_000

/**
 * What lives around an operation and must not matter to it, nor suffer from it: a web process that tells routes, an
 * application that knows the cell by those routes alone, and the sequencer of the audit trail.
 */
export class Surroundings {
  private spawned = 0
  private readonly unexpected: string[] = []
  /** Two blows at one process come one after the other. */
  private webBlows: Promise<void> = Promise.resolve()
  private sequencerBlows: Promise<void> = Promise.resolve()

  private constructor(
    private readonly cell: SwitchoverCell,
    private readonly routerToken: string,
    private web: WebServer,
    private sequencer: SequencerProcess,
    private readonly application: Application,
  ) {}

  static async start(cell: SwitchoverCell, servedFrom: string): Promise<Surroundings> {
    const routerToken = randomBytes(TOKEN_BYTES).toString('hex')
    const catalogUrl = cell.catalog.url
    const web = await WebServer.spawn({ catalogUrl, routerToken, port: 0, servedFrom })
    const sequencer = await SequencerProcess.spawn({ catalogUrl, holder: 'sequencer-0' })
    const { username: user, password, pathname } = new URL(cell.cell.fleet.primary.appDsn)
    const application = await Application.start({
      console: { url: web.url, token: routerToken },
      tenantId: cell.tenantId,
      database: pathname.slice(1),
      credentials: { user, password },
      firstId: FIRST_ID,
      writeEveryMs: WRITE_EVERY_MS,
    })
    return new Surroundings(cell, routerToken, web, sequencer, application)
  }

  /** A new run begins: what was counted before is forgotten. */
  begin(): void {
    this.application.tell({ kind: 'begin' })
  }

  killWeb(downMs: number, servedFrom: string): Promise<void> {
    this.webBlows = this.webBlows.then(() => this.killWebNow(downMs, servedFrom))
    return this.webBlows
  }

  killSequencer(downMs: number): Promise<void> {
    this.sequencerBlows = this.sequencerBlows.then(() => this.killSequencerNow(downMs))
    return this.sequencerBlows
  }

  /**
   * After a run, whatever befell it: both processes live, the application writes at the present epoch and lost nothing that
   * it was told was written, and every event has its place in an unbroken order. `isUndisturbed`: neither the cell nor the
   * catalog was touched, so that the application must not have seen a single error.
   */
  async violations({ isUndisturbed }: { isUndisturbed: boolean }): Promise<string[]> {
    const found = this.unexpected.splice(0)
    if (this.web.isGone) found.push('The web process died by itself.')
    if (this.sequencer.isGone) found.push('The sequencer died by itself.')
    found.push(...(await this.applicationViolations(isUndisturbed)), ...(await this.trailViolations()))
    return found
  }

  async close(): Promise<void> {
    await this.application.stop()
    await this.sequencer.kill()
    await this.web.kill()
  }

  private async killWebNow(downMs: number, servedFrom: string): Promise<void> {
    if (this.web.isGone) this.unexpected.push('The web process had died by itself.')
    await this.web.kill()
    await sleep(downMs)
    const settings = { catalogUrl: this.cell.catalog.url, routerToken: this.routerToken, servedFrom }
    this.web = await restarted(() => WebServer.spawn({ ...settings, port: Number(new URL(this.web.url).port) }))
  }

  private async killSequencerNow(downMs: number): Promise<void> {
    if (this.sequencer.isGone) this.unexpected.push('The sequencer had died by itself.')
    await this.sequencer.kill()
    await sleep(downMs)
    const holder = `sequencer-${++this.spawned}`
    this.sequencer = await restarted(() => SequencerProcess.spawn({ catalogUrl: this.cell.catalog.url, holder }))
  }

  private async applicationViolations(isUndisturbed: boolean): Promise<string[]> {
    const { epoch, activeMember } = await this.cell.epochRow()
    const isThere = await until(CONVERGE_MS_MAX, async () => {
      const newest = (await this.application.report()).acknowledged.at(-1)
      return newest?.epoch === epoch.toString() && newest.member === activeMember
    })
    const { acknowledged, errors } = await this.application.report()
    const stored = await this.cell.storedIds(FIRST_ID)
    const lost = acknowledged.filter(({ id }) => !stored.has(id))
    return [
      ...(isThere
        ? []
        : [`The routed application did not reach ${activeMember} at ${epoch} in ${CONVERGE_MS_MAX} ms.`]),
      ...(lost.length > 0
        ? [`The routed application lost ${lost.length} acknowledged writes, first ${lost[0]!.id}.`]
        : []),
      ...(isUndisturbed && errors.length > 0
        ? [`The routed application saw ${errors.length} errors: ${errors[0]}`]
        : []),
    ]
  }

  private async trailViolations(): Promise<string[]> {
    const ctx = this.cell.ctxOf('approver')
    const isNumbered = await until(SEQUENCE_MS_MAX, async () => (await this.cell.db.auditInbox.count()) === 0)
    const [status, eventCount] = await Promise.all([getChainStatus(ctx), this.cell.db.globalAuditEvent.count()])
    return [
      ...(isNumbered ? [] : [`${status.inboxCount} audit events had no place after ${SEQUENCE_MS_MAX} ms.`]),
      ...(status.intact ? [] : [`The audit trail is broken: ${status.says}`]),
      ...(isNumbered && Number(status.lastSeq) > eventCount
        ? [`${status.lastSeq} places in the order hold ${eventCount} events.`]
        : []),
    ]
  }
}

/** The catalog may be away at the very moment at which a process starts, and then it ends again. */
async function restarted<T>(spawn: () => Promise<T>): Promise<T> {
  const giveUpAtMs = performance.now() + RESTART_MS_MAX
  for (;;) {
    try {
      return await spawn()
    } catch (error) {
      if (performance.now() > giveUpAtMs) throw error
      await sleep(POLL_MS)
    }
  }
}

async function until(withinMs: number, isSo: () => Promise<boolean>): Promise<boolean> {
  const giveUpAtMs = performance.now() + withinMs
  while (!(await isSo().catch(() => false))) {
    if (performance.now() > giveUpAtMs) return false
    await sleep(POLL_MS)
  }
  return true
}
