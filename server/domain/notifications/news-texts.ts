import { isOperationKind, operationKinds } from '@/model/operation-kinds'
import type { OperationState, RequestState } from '@/model/states'

/**
 * The one text for every channel: verb, object, direction, expiry in UTC. Pure; no tenant is named, nothing that a person typed
 * is repeated, and nothing can be approved from it.
 */
export type Act = { kind: string; cell: string; fromRegion: string | null; toRegion: string | null }

export function sayAct({ kind, cell, fromRegion, toRegion }: Act): string {
  const direction = fromRegion && toRegion ? `: ${fromRegion} to ${toRegion}` : ''
  return `${verbOf(kind)} ${cell}${direction}`
}

/** The verb carries the risk: what may lose data is written large. */
function verbOf(kind: string): string {
  if (kind === 'forced-failover') return 'FORCED failover'
  const title = isOperationKind(kind) ? operationKinds[kind].title : kind
  return title.charAt(0).toLowerCase() + title.slice(1)
}

export type Waiting = { act: Act; expiresAt: Date; now: Date; tenantCount: number | null }

export function sayWaiting({ act, expiresAt, now, tenantCount }: Waiting): string {
  const tenants = tenantCount === null ? '' : ` ${tenantCount} ${tenantCount === 1 ? 'tenant' : 'tenants'}.`
  return `Approve ${sayAct(act)}? ${sayExpiry(expiresAt, now)}${tenants}`
}

export function sayReminder(waiting: Waiting & { approvedCount: number; quorum: number }): string {
  const { act, expiresAt, now, approvedCount, quorum } = waiting
  return `Still waiting: approve ${sayAct(act)}? ${sayExpiry(expiresAt, now)} ${approvedCount} of ${quorum} approved.`
}

export type Decided = { act: Act; code: string; status: Exclude<RequestState, 'waiting'>; successor: string | null }

export function sayDecided({ act, code, status, successor }: Decided): string {
  const what = `${sayAct(act)} (${code})`
  const again = successor ? ` ${successor} asks again.` : ''
  const sentences = {
    consumed: `Approved: ${what}. It starts now.`,
    rejected: `Rejected: ${what}.`,
    withdrawn: `Withdrawn: ${what}.`,
    expired: `Expired: ${what}. Not enough people decided in time.`,
    voided: `Void: ${what}. The world no longer matches its plan.${again}`,
  } satisfies Record<Decided['status'], string>
  return sentences[status]
}

export type Rest = Extract<OperationState, 'done' | 'undone' | 'needs-human'>

export function sayRest({ act, code, status }: { act: Act; code: string; status: Rest }): string {
  const what = `${sayAct(act)} (${code})`
  const sentences = {
    done: `Done: ${what}.`,
    undone: `Undone: ${what} went back to where it began.`,
    'needs-human': `Needs a person: ${what} cannot go on by itself.`,
  } satisfies Record<Rest, string>
  return sentences[status]
}

/** "Expires 03:24Z (8 min)." The instant stays true however late a message arrives. */
export function sayExpiry(expiresAt: Date, now: Date): string {
  const leftSeconds = Math.max(0, Math.floor((expiresAt.getTime() - now.getTime()) / 1_000))
  const left = leftSeconds >= 60 ? `${Math.floor(leftSeconds / 60)} min` : `${leftSeconds} s`
  return `Expires ${expiresAt.toISOString().slice(11, 16)}Z (${left}).`
}
