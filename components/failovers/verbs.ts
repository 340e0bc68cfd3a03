/** The three ways to move a cell's writer. The verb carries the risk; forced is never chosen for anybody. */
export const verbs = [
  {
    id: 'planned',
    name: 'Planned switchover',
    promise: 'No loss',
    says: 'Closes the old writer with proof, waits until the new one has everything, then moves. Can go back until the epoch moves.',
    whyNot: null,
  },
  {
    id: 'planned-then-ask',
    name: 'Try planned, then stop and ask',
    promise: 'No loss, or it stops',
    says: 'As planned; when the old writer cannot be closed with proof, it stops and asks two people before anything is lost.',
    whyNot: 'Needs the forced failover to hand over to, which this version does not have.',
  },
  {
    id: 'forced',
    name: 'Forced failover',
    promise: 'May lose data',
    says: 'For a writer that cannot be reached: fences it by lease or power, states the loss as a bound, and needs two approvers.',
    whyNot:
      'Needs write leases or a fencing agent in the cells, which this version does not have. It never promotes without a receipt.',
  },
] as const

export type Verb = (typeof verbs)[number]
