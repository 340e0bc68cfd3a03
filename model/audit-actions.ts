import type { Json } from './canonical-json'

type Detail = { readonly [key: string]: Json }

const text = (value: Json | undefined, otherwise = 'unknown'): string =>
  value === undefined || value === null ? otherwise : typeof value === 'string' ? value : JSON.stringify(value)

/** Steps and operations carry the sentence that the step itself returned. */
const said = (fallback: string) => (detail: Detail) => text(detail.says, fallback)

/**
 * Every event that can be in the audit trail, and how it reads. An action that is not here does not compile;
 * docs/audit-events.md lists the same names.
 */
export const auditActions = {
  'access.denied': (d) => `Was refused ${text(d.permission)} on ${text(d.procedure)}.`,
  'alert.acknowledged': (d) => `Took note of "${text(d.title)}": ${text(d.note)}`,
  'alert.raised': (d) => `Raised an alert: ${text(d.says)}`,
  'alert.resolved': (d) => `The alert "${text(d.title)}" is over: ${text(d.says, 'its cause is gone')}`,
  'conflict.decided': (d) => `Decided on a row of ${text(d.table)}: ${text(d.decision)}. ${text(d.note)}`,
  'channel.added': (d) => `Added the channel ${text(d.name)} to ${text(d.leadsTo)}.`,
  'channel.changed': (d) => `Changed the channel ${text(d.name)}; it leads to ${text(d.leadsTo)}.`,
  'channel.disabled': (d) => `Disabled the channel ${text(d.name)}: it is told nothing.`,
  'channel.enabled': (d) => `Enabled the channel ${text(d.name)}.`,
  'channel.tested': (d) => `Sent a test through the channel ${text(d.name)}.`,
  'drill.scheduled': (d) => `Scheduled ${text(d.kind)} of ${text(d.cell)} every ${text(d.everyDays)} days.`,
  'drill.schedule-ended': (d) => `Ended the schedule of ${text(d.kind)} of ${text(d.cell)}.`,
  'estate.applied': (d) => `Applied the estate: ${text(d.says, 'see the details')}.`,
  'fence.obtained': (d) => `Obtained a fence of ${text(d.member)} at epoch ${text(d.epoch)}: ${text(d.strength)}.`,
  'fence.proven': (d) => `Proved the fence of ${text(d.member)} at epoch ${text(d.epoch)}, WAL ${text(d.lsn)}.`,
  'break-glass.reviewed': (d) => `Reviewed the break-glass of ${text(d.code)}: ${text(d.review)}`,
  'break-glass.started': (d) => `Broke the glass for ${text(d.code)}, without a quorum: ${text(d.reason)}`,
  'epoch.moved': (d) => `Moved the write epoch from ${text(d.from)} to ${text(d.to)}: ${text(d.member)} may write.`,
  'gate.frozen': (d) => `Froze the gate of ${text(d.member)} because of two writers: ${text(d.says)}`,
  'hold.placed': (d) => `Placed a hold for ${text(d.kind)} on ${text(d.level)} ${text(d.subject)}: ${text(d.reason)}`,
  'hold.released': (d) => `Released the hold on ${text(d.level)} ${text(d.subject)}: ${text(d.reason)}`,
  'operation.acknowledged': (d) => `Acknowledged ${text(d.code)}: ${text(d.note)}`,
  'operation.abort-requested': (d) => `Asked to abort: ${text(d.reason)}`,
  'operation.done': said('Finished the operation.'),
  'operation.enqueued': said('Queued the operation.'),
  'operation.leased': (d) => `Took the operation over at lease epoch ${text(d.leaseEpoch)}.`,
  'operation.needs-human': said('Stopped: a human must decide.'),
  'operation.pause-requested': (d) => `Asked to pause: ${text(d.reason)}`,
  'operation.paused': said('Paused between two steps.'),
  'operation.resumed': said('Resumed.'),
  'operation.retried': said('Tried again.'),
  'operation.started': said('Started.'),
  'operation.step-done': said('Finished a step.'),
  'operation.step-failed': said('A step failed.'),
  'operation.step-refused': said('A step refused.'),
  'operation.step-reopened': said('A step that only looked is run again after the pause.'),
  'operation.step-started': (d) => `Started: ${text(d.title, text(d.step))}.`,
  'operation.step-undone': said('Undid a step.'),
  'operation.step-unknown': said('The outcome of a step is not known.'),
  'operation.undoing': said('Started to go back.'),
  'operation.undone': said('Went back to where it began.'),
  'passkey.added': () => 'Added a passkey.',
  'passkey.removed': () => 'Removed a passkey.',
  'person.created': (d) => `Created ${text(d.person, 'a person')} with the role ${text(d.role)}.`,
  'person.disabled': (d) => `Disabled ${text(d.person, 'a person')}.`,
  'person.role-granted': (d) => `Granted ${text(d.person, 'a person')} the role ${text(d.role)}.`,
  'person.role-revoked': (d) => `Revoked the role ${text(d.role)} of ${text(d.person, 'a person')}.`,
  'plan.made': (d) => `Made plan ${text(d.planHash).slice(0, 8)}.`,
  'request.approved': (d) => `Approved ${text(d.code)}: ${text(d.reason)}`,
  'request.claimed': (d) => `Is looking at ${text(d.code)}.`,
  'request.consumed': (d) => `Started ${text(d.operation)} from ${text(d.code)}.`,
  'request.expired': (d) => `Expired ${text(d.code)}: not enough people decided in time.`,
  'request.made': (d) => `Requested ${text(d.code)}: ${text(d.reason)}`,
  'request.rejected': (d) => `Rejected ${text(d.code)}: ${text(d.reason)}`,
  'request.unclaimed': (d) => `No longer looks at ${text(d.code)}.`,
  'request.voided': (d) => `Voided ${text(d.code)}: the world no longer matches its plan.`,
  'request.withdrawn': (d) => `Withdrew ${text(d.code)}: ${text(d.reason)}`,
  'session.signed-in': () => 'Signed in.',
  'session.sign-in-failed': (d) =>
    `A sign-in as ${text(d.person, 'nobody known')} failed at the ${text(d.factor, 'proof')}, from ${text(d.address, 'an unknown address')}.`,
  'session.sign-in-held': (d) =>
    `Sign-ins as ${text(d.person, 'nobody known')} were held back after too many tries${d.limit === 'account' ? ' from all addresses together' : ''}, from ${text(d.address, 'an unknown address')}.`,
  'session.signed-out': () => 'Signed out.',
  'session.stepped-up': () => 'Proved the second factor again.',
  'session.step-up-failed': () => 'A proof of the second factor failed.',
  'stale-server.lost': (d) => `What ${text(d.member)} wrote on its own can no longer be read: ${text(d.says)}`,
  'stale-server.read-out': (d) => `Read out ${text(d.member)}: ${text(d.lostWriteCount)} unreplicated writes.`,
  'stale-server.rebuilt': (d) => `Made ${text(d.member)} a standby again.`,
} as const satisfies Record<string, (detail: Detail) => string>

export type AuditAction = keyof typeof auditActions

/** The sentence of an event. An action of a later version is shown by its name rather than hidden. */
export function describeAudit(action: string, detail: Detail): string {
  const render: ((detail: Detail) => string) | undefined = (auditActions as Record<string, (detail: Detail) => string>)[
    action
  ]
  return render ? render(detail) : action
}
