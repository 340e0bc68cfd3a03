import type { Workflow } from './define'
import type { FaultPlace } from './faults'

/**
 * What can befall one attempt. fail: StepFailed · refuse: StepRefused · lose-answer: the answer is lost, so the step runs
 * or is read again · hang: no answer until the deadline · crash: the worker is gone · overtake: another worker takes the
 * lease and both go on at once · zombie: this worker sleeps until the other one has finished, then goes on · cut: its
 * catalog connections are cut · abort, pause: a person asks for it while the step runs.
 */
export type FaultAct =
  | 'fail'
  | 'refuse'
  | 'lose-answer'
  | 'hang'
  | 'crash'
  | 'overtake'
  | 'zombie'
  | 'cut'
  | 'abort'
  | 'pause'

export type Fault = {
  name: string
  step: string
  place: FaultPlace
  act: FaultAct
  /** At every attempt, or only the first time the place is reached. */
  isAlways: boolean
  /** The step that is made to refuse, so that the operation goes back and reaches the undo under test. */
  refuseAt: string | null
}

type Row = readonly [place: 'before' | 'halfway' | 'effect' | 'recorded', act: FaultAct, how: 'once' | 'always']

const eitherWay: readonly Row[] = [
  ['before', 'fail', 'once'],
  ['before', 'fail', 'always'],
  ['before', 'refuse', 'once'],
  ['before', 'hang', 'once'],
  ['before', 'crash', 'once'],
  ['before', 'overtake', 'once'],
  ['before', 'zombie', 'once'],
  ['halfway', 'lose-answer', 'once'],
  ['halfway', 'crash', 'once'],
  ['effect', 'lose-answer', 'once'],
  ['effect', 'lose-answer', 'always'],
  ['effect', 'crash', 'once'],
  ['effect', 'overtake', 'once'],
  ['effect', 'zombie', 'once'],
  ['effect', 'cut', 'once'],
  ['recorded', 'crash', 'once'],
]
/** It happened, and shows that the operation must not go on: only a step that can be undone may say so. */
const afterEffect: readonly Row[] = [
  ['effect', 'refuse', 'once'],
  ['effect', 'fail', 'once'],
  ['effect', 'fail', 'always'],
]
const forwardOnly: readonly Row[] = [
  ['before', 'abort', 'once'],
  ['before', 'pause', 'once'],
]

/** Each step, and each undo, with each fault. An undo is reached by making the deciding step refuse. */
export function everyFault<Params, Deps>(workflow: Workflow<Params, Deps>): Fault[] {
  const decision = workflow.steps.find((step) => step.pointOfNoReturn)!
  const forward = workflow.steps.flatMap(({ name }) =>
    [...eitherWay, ...forwardOnly].map((row) => faultOf(name, row, null)),
  )
  const undoable = workflow.steps.filter((step) => step.undo)
  const regretted = undoable.flatMap(({ name }) => afterEffect.map((row) => faultOf(name, row, null)))
  const backward = undoable.flatMap(({ name }) => eitherWay.map((row) => faultOf(name, row, decision.name)))
  return [...forward, ...regretted, ...backward]
}

function faultOf(step: string, [where, act, how]: Row, refuseAt: string | null): Fault {
  const place: FaultPlace = refuseAt ? `undo-${where}` : where
  const isAlways = how === 'always'
  return { name: `${step}: ${act}${isAlways ? ' always' : ''} at ${place}`, step, place, act, isAlways, refuseAt }
}
