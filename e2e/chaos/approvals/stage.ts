import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { callTrpc, startConsole, type TestConsole, type TrpcAnswer } from '@/server/api/testing'
import { catalogNow } from '@/server/db'
import { type CalmCatalog, startCalmCatalog } from '@/server/domain/operations/testing-catalog'
import type { Random } from '../seeded-random'
import { mend, widen } from './gaps'
import { approvalViolations, type Click, orphanedEvents } from './judge'
import type { Round } from './plan-rounds'

const APPROVERS = 5
const SAME_INTENTS = 5
const REASON = 'Patch the host of sin-1.'
const CLOCK_BEHIND_MS = -7_200_000
const overrides = ['loss-is-bounded', 'primary-is-not-healthy', 'capacity-headroom', 'enough-writable-regions'].map(
  (rule) => ({ rule, reason: 'Nothing else is left.' }),
)

type Asked = { requestId: string; planHash: string; confirmedOverrides: string[] }
type Caller = { name: string; cookie: string }

/** `acked`: clicks that were told they counted; `lost`: those of them of which the catalog knows nothing. */
type PlayedRound = { violations: string[]; clicks: number; acked: number; lost: number; started: boolean }

/** A whole web process on a real catalog with one calm cell, and people who are signed in to it with both factors. */
export class ApprovalStage {
  private replay: Asked | null = null

  private constructor(
    readonly calm: CalmCatalog,
    private readonly web: TestConsole,
    private readonly operator: Caller,
    private readonly approvers: readonly Caller[],
    private readonly strangers: readonly Caller[],
    private readonly ids: ReadonlyMap<string, string>,
    private readonly grantIds: readonly string[],
  ) {}

  static async open(): Promise<ApprovalStage> {
    const calm = await startCalmCatalog()
    const crowd = Array.from({ length: APPROVERS }, () => 'approver' as const)
    const web = await startConsole({ catalog: calm, crowd })
    const callerOf = async (name: string, cookie: Promise<string>) => ({ name, cookie: await cookie })
    const operator = await callerOf('operator', web.signIn('operator'))
    const approvers: Caller[] = []
    for (const person of web.crowd) approvers.push(await callerOf(person.email, web.signInAs(person)))
    const strangers = [operator, await callerOf('viewer', web.signIn('viewer')), { name: 'nobody', cookie: '' }]
    const people = await calm.db.person.findMany({ select: { id: true, email: true } })
    const grants = await calm.db.roleGrant.findMany({ select: { id: true } })
    const ids = new Map(people.map(({ id, email }) => [email.replace('@homeport.example', ''), id]))
    return new ApprovalStage(
      calm,
      web,
      operator,
      approvers,
      strangers,
      ids,
      grants.map(({ id }) => String(id)),
    )
  }

  async close(): Promise<void> {
    await this.web.stop()
    await this.calm.stop()
  }

  /** One request, its gap, and everybody's clicks at once; then all of them again. */
  async play(round: Round, random: Random): Promise<PlayedRound> {
    const { calm } = this
    await mend(calm, this.grantIds)
    const asked = await this.ask(round)
    let changedAt = new Date(0)
    const gap = async () => {
      const found = await widen(calm, round.gap, this.targetOf(asked))
      changedAt = await catalogNow(calm.db)
      return found
    }
    const violations = round.afterMs === null ? await gap() : []
    const isBehind = round.gap === 'expired' && round.afterMs === null
    const clicking = isBehind
      ? this.web.clock.ahead(CLOCK_BEHIND_MS, () => this.click(round, asked, random))
      : this.click(round, asked, random)
    const glass = round.isGlassBroken ? this.breakGlass() : null
    if (round.afterMs !== null) {
      await sleep(round.afterMs)
      violations.push(...(await gap()))
    }
    const clicks = await clicking
    await glass
    violations.push(...(await approvalViolations(calm.db, asked.requestId, round, clicks, changedAt)))
    violations.push(...(await this.again(asked, clicks)), ...(await orphanedEvents(calm.db)))
    this.replay = asked
    const acked = clicks.filter(({ status }) => status === 200).length
    const kept = await calm.db.approval.count({ where: { requestId: asked.requestId } })
    const started = clicks.some(({ operationId }) => operationId !== null)
    return { violations, clicks: clicks.length, acked, lost: Math.max(0, acked - kept), started }
  }

  /** A dry run that the requester reads, and one intent that is sent several times. */
  private async ask({ kind, quorum }: Round): Promise<Asked> {
    await this.calm.observe()
    const noun = kind === 'forced-failover' ? 'failovers' : 'switchovers'
    const given = kind === 'forced-failover' ? { overrides, isBreakGlass: false } : {}
    const preview = await this.call(this.operator, `${noun}.preview`, { cellId: 'sin', ...given })
    const { plan, planHash, checks } = preview.data as {
      plan: { source: { region: string }; target: { member: string }; overrides: { rule: string }[] } | null
      planHash: string
      checks: { outcome: string; says: string }[]
    }
    if (!plan)
      throw new Error(`No plan: ${checks.filter(({ outcome }) => outcome !== 'passed').map(({ says }) => says)}`)
    const intent = {
      cellId: 'sin',
      targetMember: plan.target.member,
      planHash,
      typedRegion: plan.source.region,
      reason: REASON,
      idempotencyKey: randomUUID(),
    }
    const sent = await Promise.all(
      Array.from({ length: SAME_INTENTS }, () => this.call(this.operator, `${noun}.request`, intent)),
    )
    const made = new Set(sent.map(({ data }) => (data as { requestId: string } | undefined)?.requestId))
    const [requestId] = made
    if (made.size !== 1 || !requestId)
      throw new Error(`I5: one intent became ${[...made]} (${sent.map(({ error }) => error?.message)}).`)
    const { quorum: least } = await this.calm.db.operationRequest.findUniqueOrThrow({ where: { id: requestId } })
    if (quorum > least) await this.calm.db.operationRequest.update({ where: { id: requestId }, data: { quorum } })
    return { requestId, planHash, confirmedOverrides: plan.overrides.map(({ rule }) => rule) }
  }

  private async click({ clicks, vetoes }: Round, asked: Asked, random: Random): Promise<Click[]> {
    const callers = Array.from({ length: clicks }, (_, index) =>
      index % 10 === 9 ? this.strangers[index % this.strangers.length]! : this.approvers[index % APPROVERS]!,
    )
    const noes = new Set(random.shuffled(callers.map((_, index) => index)).slice(0, vetoes))
    const order = random.shuffled(callers.map((caller, index) => ({ caller, isNo: noes.has(index) })))
    return Promise.all(order.map(({ caller, isNo }) => this.decide(caller, isNo ? 'reject' : 'approve', asked)))
  }

  /** Captured and sent once more: for the request it was for, and for the one before, which is over. */
  private async again(asked: Asked, before: readonly Click[]): Promise<string[]> {
    const count = () => this.calm.db.operation.count()
    const operations = await count()
    const isOver = before.some(({ operationId }) => operationId !== null)
    const repeated = isOver
      ? await Promise.all(this.approvers.map((caller) => this.decide(caller, 'approve', asked)))
      : []
    const crossed = this.replay
      ? await Promise.all([
          this.decide(this.approvers[0]!, 'approve', this.replay),
          this.decide(this.approvers[1]!, 'approve', { ...asked, planHash: this.replay.planHash }),
        ])
      : []
    const accepted = [...repeated, ...crossed].filter(({ status }) => status === 200)
    const found = accepted.length > 0 ? [`I5: ${accepted.length} approvals were accepted again.`] : []
    if ((await count()) !== operations) found.push('I5: something started from approvals that were used already.')
    return found
  }

  private async decide({ name, cookie }: Caller, what: Click['what'], asked: Asked): Promise<Click> {
    const { requestId: id, planHash, confirmedOverrides } = asked
    const input = { id, planHash, reason: REASON, ...(what === 'approve' && { confirmedOverrides }) }
    const { status, data, error } = await this.call({ name, cookie }, `requests.${what}`, input)
    return {
      who: name,
      what,
      status,
      says: error?.message ?? null,
      operationId: (data as { operationId?: string } | undefined)?.operationId ?? null,
    }
  }

  /** Somebody cannot wait for the quorum of the very same cell. A refusal is an answer too. */
  private async breakGlass(): Promise<void> {
    const preview = await this.call(this.operator, 'failovers.preview', {
      cellId: 'sin',
      overrides,
      isBreakGlass: true,
    })
    const { plan, planHash } = (preview.data ?? {}) as { plan?: { source: { region: string } }; planHash?: string }
    if (!plan || !planHash) return
    await this.call(this.operator, 'breakGlass.start', {
      cellId: 'sin',
      targetMember: 'sin-2',
      planHash,
      typedRegion: plan.source.region,
      reason: 'Nobody answers the telephone and it burns.',
      idempotencyKey: randomUUID(),
    })
  }

  private call({ cookie }: Caller, path: string, input: unknown): Promise<TrpcAnswer> {
    return callTrpc(this.web.process, { path, type: 'mutation', input, headers: { cookie } })
  }

  private targetOf({ requestId, planHash }: Asked) {
    const idOf = (name: string) => this.ids.get(name)!
    const requesterId = idOf('operator')
    return { requestId, planHash, requesterId, approverId: idOf('approver-0'), strangerId: idOf('viewer') }
  }
}
