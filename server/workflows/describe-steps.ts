import type { Workflow } from './define'

/** A step as plans show it and the journal keeps it. `pastReturn`: once it is done, the operation only goes forward. */
type StepSketch = { name: string; title: string; undoable: boolean; pastReturn: boolean }

/** The steps in words, without what they do: part of a plan, and so of what is approved. */
export function describeSteps<Params, Deps>({ steps }: Workflow<Params, Deps>): StepSketch[] {
  const decidedAt = steps.findIndex((step) => step.pointOfNoReturn)
  return steps.map(({ name, title, undo }, index) => ({
    name,
    title,
    undoable: undo !== undefined,
    pastReturn: index >= decidedAt,
  }))
}
