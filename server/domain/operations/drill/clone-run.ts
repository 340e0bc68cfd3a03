import type { CloneDrillPlan } from '@/model/schemas/plans'
import { CLONE_PREFIX, type Endpoint, type HostAgent } from '@/server/engines/contract'
import { StepRefused, type StepRun } from '@/server/workflows'
import { effect, type SwitchoverDeps } from '../switchover-deps'
import { CLONE_MS_MAX } from './limits'

/**
 * A drill on a throw-away copy of a standby. Invariants: nothing here is ever sent to a member of the estate except questions;
 * the copy's gate has a scope of its own before it is opened; the copy is discarded however the run ends.
 */
export type CloneRun = StepRun<CloneDrillPlan, SwitchoverDeps>

const SCOPE_PREFIX = 'drill:'

/** No cell is called so: `refuseLiveScope` holds it against the catalog all the same. */
export function scopeOfDrill(cellId: string): string {
  return `${SCOPE_PREFIX}${cellId}`
}

/** A plan may be stored by another version or by a mistake: what a run names is judged where it runs. */
export async function refuseLiveScope({ deps, params: plan }: Pick<CloneRun, 'deps' | 'params'>): Promise<void> {
  const isLive =
    (await deps.db.regionWriteEpoch.count({ where: { logicalScope: plan.scope } })) > 0 ||
    (await deps.db.cell.count({ where: { scope: plan.scope } })) > 0
  if (isLive || plan.scope !== scopeOfDrill(plan.cell))
    throw new StepRefused(`${plan.scope} is not the scope of a drill: a drill on a clone never touches a live scope.`)
}

export function agentOf({ deps }: Pick<CloneRun, 'deps'>): HostAgent {
  if (!deps.hostAgent) throw new StepRefused('No host agent can copy a standby for a drill.')
  return deps.hostAgent
}

/** The scope of the cell as its gate knows it. */
export async function liveScopeOf({ deps, params: plan }: Pick<CloneRun, 'deps' | 'params'>): Promise<string> {
  return (await deps.db.cell.findUniqueOrThrow({ where: { id: plan.cell }, select: { scope: true } })).scope
}

export type StartedClone = { endpoint: Endpoint; tookMs: number; bytes: number }

/** Asks for the copy of this run, which is made once, and refuses whatever could be a member of the estate. */
export async function askForClone(run: CloneRun, timeoutMs = CLONE_MS_MAX): Promise<StartedClone> {
  const { deps, params: plan, operationId, signal } = run
  const started = await effect(agentOf(run).startClone(plan.target.member, { operationId }, { timeoutMs, signal }))
  const { memberId, host, port } = started.endpoint
  const address = { host, port }
  const isMember =
    (await deps.db.cellMember.count({ where: { OR: [{ id: memberId }, address] } })) > 0 ||
    (await deps.db.memberPath.count({ where: address })) > 0
  if (isMember || !memberId.startsWith(CLONE_PREFIX))
    throw new StepRefused(`The host agent answered with ${memberId} at ${host}:${port}, which is no throw-away copy.`)
  return started
}

export type CloneOutput = { clone: string; region: string; tookMs: number; bytes: number }

/** The copy that an earlier step started: one that was lost and made anew meanwhile is another. */
export async function cloneOf(run: CloneRun): Promise<Endpoint> {
  const { clone } = run.outputOf<CloneOutput>('start-clone')
  const { endpoint } = await askForClone(run, run.timeoutMs)
  if (endpoint.memberId !== clone)
    throw new StepRefused(`The copy ${clone} is gone; ${endpoint.memberId} was made in its place. Run the drill again.`)
  return endpoint
}
