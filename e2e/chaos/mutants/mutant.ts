/** From the cheapest on. */
const experimentNames = ['gate', 'audit', 'approvals', 'lease', 'truth', 'tail', 'forced'] as const
export type ExperimentName = (typeof experimentNames)[number]

/** A bug as somebody might write it, planted from outside: production code holds no switch for it. */
export type Mutant = {
  name: string
  /** What is wrong with it, in a sentence. */
  bug: string
  /** One of those that must be found broken. */
  invariant: `I${number}`
  /** The cheapest experiment that has to notice. */
  experiment: ExperimentName
  /** Text of modules of ours, replaced as they are loaded. `from` occurs exactly once. */
  source?: readonly { file: string; from: string; to: string }[]
  /** In the gate of a cell, and in the catalog: functions whose text is replaced, rules that are dropped. */
  gate?: readonly SqlPatch[]
  catalog?: readonly SqlPatch[]
}

export type SqlPatch = { function: string; from: string; to: string } | { statement: string }
