import { switchoverWorkflow } from '@/server/domain/operations'
import { faultPlaces, undoFaultPlaces } from '@/server/workflows/faults'
import type { Random } from '../seeded-random'

/** When a thing happens: a moment after the journal shows this step as running. */
export type Moment = { step: string; delayMs: number }

export type Blow =
  | { kind: 'kill-worker' }
  | { kind: 'abort' }
  | { kind: 'kill-catalog' | 'kill-web' | 'kill-sequencer'; downMs: number }
  | { kind: 'kill-member' | 'freeze-member'; which: 'source' | 'target'; downMs: number }
  | { kind: 'cut' | 'black-hole'; way: 'there' | 'back' | 'both'; downMs: number }

export type Attack = {
  /** What befalls the worker that has the operation first: "step:place", reached by going back when `goesBack`. */
  fate: { kind: 'crash' | 'freeze'; at: string } | null
  /** A person asks to abort before the decision, so that the undo is reached. */
  goesBack: boolean
  blows: readonly { at: Moment; blow: Blow }[]
}

const steps = switchoverWorkflow.steps.map(({ name }) => name)
const decidedAt = switchoverWorkflow.steps.findIndex((step) => step.pointOfNoReturn)
const forward = steps.flatMap((step) => faultPlaces.map((place) => `${step}:${place}`))
const backward = switchoverWorkflow.steps
  .filter((step) => step.undo)
  .flatMap(({ name }) => undoFaultPlaces.map((place) => `${name}:${place}`))

const DELAY_MS_MAX = 80
const DOWN_MS_MIN = 200
const DOWN_MS_MAX = 4_000
const BLOWS_MAX = 3

/**
 * Even runs: the next named place at which a worker is killed, so that enough runs cover them all. Odd runs: one to three
 * blows at random moments, with a frozen or killed worker half of the time. Every run also loses, in turn, the web process
 * that tells routes or the sequencer of the audit trail at a random moment: neither may matter.
 */
export function planAttacks(random: Random, runs: number): Attack[] {
  const places = random.shuffled([
    ...forward.map((at) => ({ at, goesBack: false })),
    ...backward.map((at) => ({ at, goesBack: true })),
  ])
  return Array.from({ length: runs }, (_, run) => {
    const place = places[run / 2]
    const attack: Attack = place
      ? { fate: { kind: 'crash', at: place.at }, goesBack: place.goesBack, blows: [] }
      : randomAttack(random.forRun(run))
    return { ...attack, blows: [...attack.blows, bystanderBlow(random.forRun(runs + run), run)] }
  })
}

/**
 * Whether an application must not notice anything but a pause. Without the web process it cannot: the old primary is shut
 * down and rebuilt, and nobody can tell it where to go instead.
 */
export function isHarmless({ fate, blows }: Attack): boolean {
  return fate?.kind !== 'freeze' && blows.every(({ blow }) => harmless.has(blow.kind))
}

const harmless: ReadonlySet<Blow['kind']> = new Set(['kill-sequencer', 'kill-worker', 'abort'])

/** Two runs of each, one at a named place and one at random, in every four. */
function bystanderBlow(random: Random, run: number): Attack['blows'][number] {
  const kind = Math.floor(run / 2) % 2 === 0 ? 'kill-web' : 'kill-sequencer'
  return { at: randomMoment(random), blow: { kind, downMs: randomDownMs(random) } }
}

function randomMoment(random: Random): Moment {
  return { step: random.pick(steps), delayMs: random.below(DELAY_MS_MAX) }
}

function randomDownMs(random: Random): number {
  return DOWN_MS_MIN + random.below(DOWN_MS_MAX - DOWN_MS_MIN)
}

function randomAttack(random: Random): Attack {
  const goesBack = random.next() < 0.3
  const places = goesBack ? [...forward.slice(0, decidedAt * faultPlaces.length), ...backward] : forward
  const fates: Attack['fate'][] = [
    null,
    null,
    { kind: 'crash', at: random.pick(places) },
    { kind: 'freeze', at: random.pick(places) },
  ]
  const blows = Array.from({ length: 1 + random.below(BLOWS_MAX) }, () => ({
    at: randomMoment(random),
    blow: randomBlow(random),
  }))
  return { fate: random.pick(fates), goesBack, blows }
}

function randomBlow(random: Random): Blow {
  const downMs = randomDownMs(random)
  const which = random.pick(['source', 'target'] as const)
  const way = random.pick(['there', 'back', 'both'] as const)
  const blows: Blow[] = [
    { kind: 'kill-worker' },
    { kind: 'abort' },
    { kind: 'kill-catalog', downMs },
    { kind: 'kill-web', downMs },
    { kind: 'kill-sequencer', downMs },
    { kind: 'kill-member', which, downMs },
    { kind: 'freeze-member', which, downMs },
    { kind: random.pick(['cut', 'black-hole'] as const), way, downMs },
  ]
  return random.pick(blows)
}

export function describeAttack({ fate, goesBack, blows }: Attack): string {
  const told = blows.map(({ at, blow }) => `${describeBlow(blow)} at ${at.step}+${at.delayMs} ms`)
  return [fate && `${fate.kind} at ${fate.at}`, goesBack && 'going back', ...told].filter(Boolean).join(', ')
}

function describeBlow(blow: Blow): string {
  const [what, downMs] = [
    'which' in blow ? ` ${blow.which}` : 'way' in blow ? ` ${blow.way}` : '',
    'downMs' in blow ? ` for ${blow.downMs} ms` : '',
  ]
  return `${blow.kind}${what}${downMs}`
}
