import type { FindingName } from '@/model/findings'

/** The three ways to move a cell's writer. The verb carries the risk. `short`: the same name where there is little room. */
export const verbs = {
  planned: {
    name: 'Planned switchover',
    short: 'Planned switchover',
    promise: 'No loss',
    says: 'Closes the old writer with proof, waits until the new one has everything, then moves. Can go back until the epoch moves.',
  },
  'planned-then-ask': {
    name: 'Try planned, then stop and ask',
    short: 'Try planned, then ask',
    promise: 'No loss, or it stops',
    says: 'As planned. If it has to go back, its page offers the dry run of a forced failover; that one is asked for and approved anew.',
  },
  forced: {
    name: 'Forced failover',
    short: 'Forced failover',
    promise: 'May lose data',
    says: 'For a writer that cannot be reached: fences it by the strongest means there is, states the loss as a bound, and needs two approvers.',
  },
} as const
export type Verb = keyof typeof verbs
/** Those that a link may choose. Forced is only ever chosen by hand. */
export const linkedVerbs = ['planned', 'planned-then-ask'] as const satisfies readonly Verb[]
type LinkedVerb = (typeof linkedVerbs)[number]

/** What a switchover needs of the old writer, by what is wrong with it: null where it can give it. */
const whyNotPlanned = {
  NotObserved: 'it has not been looked at, and has to be asked',
  ServerHealthy: null,
  ServerDown: 'it does not run, and has to close its own gate',
  ServerUnreachable: 'nobody reaches it, and it has to close its own gate',
  UnreachableFromHere: null,
  ServerFrozen: 'it does not answer, and has to close its own gate',
  RefusingWrites: 'its gate is not open, so there is nothing to close with proof',
  StandbyInsteadOfPrimary: 'it is in recovery and takes no writes',
  WrongServer: 'another server answers in its place',
  TimelineDiverged: 'it has left the common history',
  StaleEpochServer: 'it stands at an epoch that has passed',
  TwoWriters: 'two servers take writes: that has to end first',
} as const satisfies Record<FindingName, string | null>

/** What of a cell decides. */
export type CellSight = {
  id: string
  activeMember: string
  members: readonly { id: string; finding: { name: FindingName } | null }[]
}
export type VerbOffer = Record<Verb, { whyNot: string | null }>

/** Pure: which verbs the state of a cell leaves open, each closed one with its reason. */
export function prepareVerbs(cell: CellSight | null): VerbOffer {
  if (!cell) {
    const first = 'Choose a cell first: what is possible depends on its writer.'
    return { planned: { whyNot: null }, 'planned-then-ask': { whyNot: first }, forced: { whyNot: first } }
  }
  const planned = whyNotPlannedNow(cell)
  const lonely = cell.members.length < 2 ? `${cell.id} has no other server that could take over.` : null
  return {
    planned: { whyNot: lonely ?? planned },
    'planned-then-ask': { whyNot: lonely ?? (planned && `${planned} Nothing is gained by trying.`) },
    forced: { whyNot: lonely },
  }
}

/** Pure: the verb that the finding suggests; null where only a person can say. Forced is never suggested. */
export function suggestVerb(cell: CellSight | null): LinkedVerb | null {
  const offer = prepareVerbs(cell)
  if (offer.planned.whyNot !== null) return null
  return findingOf(cell) === 'UnreachableFromHere' ? 'planned-then-ask' : 'planned'
}

function whyNotPlannedNow(cell: CellSight): string | null {
  const name = findingOf(cell)
  const why = name && whyNotPlanned[name]
  return why ? `It needs the word of ${cell.activeMember}: ${why}.` : null
}

function findingOf(cell: CellSight | null): FindingName | null {
  return cell?.members.find((member) => member.id === cell.activeMember)?.finding?.name ?? null
}
