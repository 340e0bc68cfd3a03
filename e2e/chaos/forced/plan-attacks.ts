import { forcedWorkflow } from '@/server/domain/operations/forced/forced-workflow'
import { reinstatementWorkflow } from '@/server/domain/operations/return/reinstatement-workflow'
import { returnWorkflow } from '@/server/domain/operations/return/return-workflow'
import { type FaultPlace, undoFaultPlaces } from '@/server/workflows/faults'
import type { Random } from '../seeded-random'
import type { Moment } from '../switchover/plan-attacks'

/**
 * What befalls the primary before people fail over. kill-listener: kill -9 of the postmaster, whose busy backends live on for a
 * moment · freeze-listener: SIGSTOP of the postmaster, whose sessions go on writing · cut, black-hole: the console and the
 * standby lose the primary, which goes on writing, and nobody else can tell · alone: only the console loses it · flap: the
 * links go up and down and stay down · alive: nothing at all, people insist.
 */
const faults = [
  'kill-listener',
  'kill-all',
  'freeze-listener',
  'freeze-all',
  'cut',
  'black-hole',
  'alone',
  'flap',
  'cut-then-kill',
  'lagging-standby',
  'alive',
] as const
export type Fault = (typeof faults)[number]

/** What can be had against the primary, besides closing its gate, which is always tried. */
export type Means = 'power' | 'lease' | 'declared'

export type Fate = { kind: 'crash' | 'freeze'; at: string }

export type Blow =
  | { kind: 'kill-worker' }
  | { kind: 'kill-catalog'; downMs: number }
  | { kind: 'kill-target'; downMs: number }
  /** Whatever was done to the primary is undone in the middle of things: it is back. */
  | { kind: 'source-returns' }
  | { kind: 'abort' }

export type Attack = {
  fault: Fault
  means: Means
  /** Left behind by an application on the old primary; resolved by a person when the return asks for it. */
  isPrepared: boolean
  /** Of the worker that has the failover, the return, or the rebuild first. */
  fates: { failover: Fate | null; return: Fate | null; reinstatement: Fate | null }
  blows: readonly { at: Moment; blow: Blow }[]
  /** The decision is made to refuse, so that the failover goes back. */
  goesBack: boolean
  /** By how much the clock of every worker of this run is wrong. */
  clockShiftMs: number
}

const CLOCK_SHIFTS_MS = [0, 0, 0, 7_200_000, -3_600_000]
const PLACES = ['before', 'effect', 'recorded'] as const satisfies readonly FaultPlace[]
const DOWN_MS_MIN = 200
const DOWN_MS_MAX = 3_000
const DELAY_MS_MAX = 80
const BLOWS_MAX = 2

const forcedSteps = forcedWorkflow.steps.map(({ name }) => name)
const placesOf = (steps: readonly { name: string }[]) =>
  steps.flatMap(({ name }) => PLACES.map((place) => `${name}:${place}`))
const failoverPlaces = [
  ...placesOf(forcedWorkflow.steps),
  ...forcedWorkflow.steps
    .filter((step) => step.undo)
    .flatMap(({ name }) => undoFaultPlaces.map((place) => `${name}:${place}`)),
]
const returnPlaces = placesOf(returnWorkflow.steps)
const reinstatementPlaces = placesOf(reinstatementWorkflow.steps)

/** A server that nothing can stop from outside is only declared closed when it is. */
const declarable: ReadonlySet<Fault> = new Set(['kill-all'])

/** Faults in turn, so that few runs meet each of them; everything else is drawn from the seed. */
export function planAttacks(random: Random, runs: number): Attack[] {
  const order = random.shuffled(faults)
  return Array.from({ length: runs }, (_, run) => planAttack(order[run % order.length]!, random.forRun(run)))
}

function planAttack(fault: Fault, random: Random): Attack {
  const possible: Means[] = declarable.has(fault) ? ['power', 'lease', 'declared'] : ['power', 'lease']
  const means = random.pick(possible)
  const blows = Array.from({ length: random.below(BLOWS_MAX + 1) }, () => ({
    at: { step: random.pick(forcedSteps), delayMs: random.below(DELAY_MS_MAX) },
    blow: randomBlow(random),
  }))
  return {
    fault,
    means,
    // Under a lease nothing can be prepared, and a dead server's prepared transactions are met when it returns.
    isPrepared: means === 'power' && random.next() < 0.3,
    fates: {
      failover: randomFate(random, failoverPlaces, 0.6),
      return: randomFate(random, returnPlaces, 0.4),
      reinstatement: randomFate(random, reinstatementPlaces, 0.3),
    },
    blows,
    goesBack: random.next() < 0.1,
    clockShiftMs: random.pick(CLOCK_SHIFTS_MS),
  }
}

function randomFate(random: Random, places: readonly string[], likelihood: number): Fate | null {
  const at = random.pick(places)
  const kind = random.next() < 0.6 ? 'crash' : 'freeze'
  return random.next() < likelihood ? { kind, at } : null
}

function randomBlow(random: Random): Blow {
  const downMs = DOWN_MS_MIN + random.below(DOWN_MS_MAX - DOWN_MS_MIN)
  const blows: Blow[] = [
    { kind: 'kill-worker' },
    { kind: 'kill-catalog', downMs },
    { kind: 'kill-target', downMs },
    { kind: 'source-returns' },
    { kind: 'abort' },
  ]
  return random.pick(blows)
}

export function describeAttack({ fault, means, isPrepared, fates, blows, goesBack, clockShiftMs }: Attack): string {
  const fated = Object.entries(fates).flatMap(([stage, fate]) =>
    fate ? [`${fate.kind} at ${fate.at} of the ${stage}`] : [],
  )
  const told = blows.map(({ at, blow }) => {
    const downMs = 'downMs' in blow ? ` for ${blow.downMs} ms` : ''
    return `${blow.kind}${downMs} at ${at.step}+${at.delayMs} ms`
  })
  return [
    `${fault} by ${means}`,
    isPrepared && 'prepared transaction',
    ...fated,
    goesBack && 'going back',
    ...told,
    clockShiftMs !== 0 && `clock ${clockShiftMs} ms`,
  ]
    .filter(Boolean)
    .join(', ')
}
