import { workflows } from '@/server/domain/operations'
import { undoFaultPlaces } from '@/server/workflows/faults'
import type { Fate } from '../forced/plan-attacks'
import type { Random } from '../seeded-random'

/** Where a worker may die in a step: before it does anything, with the effect done and not recorded, and after the record. */
const PLACES = ['before', 'effect', 'recorded'] as const
const UNDO_PLACES = undoFaultPlaces.filter((place) => place !== 'undo-halfway')

/** One named place of one workflow. `refuseAt`: the decision, where the place is on the way back. */
type Point = { kind: string; at: string; refuseAt: string | null }

/** Every place of every workflow that a worker can be asked to carry out, from the tables of their steps. */
function everyPoint(): Point[] {
  return workflows.flatMap(({ kind, steps }) => {
    const decision = steps.find((step) => step.pointOfNoReturn)!.name
    const forward = steps.flatMap(({ name }) =>
      PLACES.map((place) => ({ kind, at: `${name}:${place}`, refuseAt: null })),
    )
    const backward = steps
      .filter((step) => step.undo)
      .flatMap(({ name }) => UNDO_PLACES.map((place) => ({ kind, at: `${name}:${place}`, refuseAt: decision })))
    return [...forward, ...backward]
  })
}

/** A place at which the worker that has the operation is killed, or frozen until another one has finished. */
export type Restart = { kind: string; fate: Fate; refuseAt: string | null }

/** Kinds in turn, so that few runs meet each; within a kind every place once by a kill before any comes by a freeze. */
export function planRestarts(random: Random, runs: number | null): { restarts: Restart[]; pointCount: number } {
  const points = everyPoint()
  const kinds = [...new Set(points.map(({ kind }) => kind))]
  const lanes = kinds.map((kind) => {
    const own = random.shuffled(points.filter((point) => point.kind === kind))
    const fated = (how: Fate['kind']) =>
      own.map(({ at, refuseAt }): Restart => ({ kind, fate: { kind: how, at }, refuseAt }))
    return [...fated('crash'), ...fated('freeze')]
  })
  const wanted = runs ?? points.length
  const restarts: Restart[] = []
  for (let turn = 0; restarts.length < wanted && turn < 2 * points.length; turn += 1)
    for (const lane of lanes) {
      const restart = lane[turn]
      const isComplete = runs === null && restart?.fate.kind === 'freeze'
      if (restart && !isComplete && restarts.length < wanted) restarts.push(restart)
    }
  return { restarts, pointCount: points.length }
}

export function describeRestart({ kind, fate, refuseAt }: Restart): string {
  return `${kind}: ${fate.kind} at ${fate.at}${refuseAt ? ', going back' : ''}`
}
