import { expect, test } from 'vitest'
import { forcedWorkflow } from '@/server/domain/operations/forced/forced-workflow'
import { seededRandom } from '../chaos/seeded-random'
import { explore, type Move } from './explore'
import { protocol, scopes } from './protocol'
import { JournalReplay } from './replay-journal'
import { type Action, DECISION, type State, stepNames, undoable, withReadBack } from './state'
import { walk } from './walk'

const STATES_MAX = 60_000
const WALKS = 60
const WALK_MOVES_MAX = 100
const SEED = 20_261_120
const EXPLORING_MS = 120_000

async function differences(traces: Iterable<Move<State, Action>[]>): Promise<string[]> {
  const found: string[] = []
  for (const trace of traces) {
    const replay = new JournalReplay()
    for (const move of trace) {
      const difference = await replay.take(move)
      if (difference === null) continue
      found.push(difference)
      break
    }
  }
  return found
}

test('the model has the steps of the workflow that change something or decide, with their undo and read-back', () => {
  const onlyLooking = ['warm-up', 'tell-routers', 'measure']
  const real = forcedWorkflow.steps.filter(({ name }) => !onlyLooking.includes(name))
  expect(real.map(({ name }) => name)).toEqual(stepNames)
  expect(real.filter(({ undo }) => undo).map(({ name }) => name)).toEqual(undoable)
  expect(real.filter(({ readBack }) => readBack).map(({ name }) => name)).toEqual(withReadBack)
  expect(real.find(({ pointOfNoReturn }) => pointOfNoReturn)?.name).toBe(DECISION)
})

test(
  'the real journal follows a shortest trace to every kind of move, and agrees with the model after each',
  async () => {
    const nameOf = ({ action }: Move<State, Action>, { operation }: State) =>
      operation ? `${action.kind} ${action.step} ${action.how} while ${operation.status}` : null
    const { traces } = explore(protocol(scopes['an abort at any moment']), { statesMax: STATES_MAX, nameOf })
    expect(traces.size).toBeGreaterThan(80)
    expect(await differences(traces.values())).toEqual([])
  },
  EXPLORING_MS,
)

test.each(Object.keys(scopes) as (keyof typeof scopes)[])(
  'the real journal follows seeded walks: %s',
  async (scope) => {
    const random = seededRandom(SEED)
    const traces = Array.from({ length: WALKS }, (_, run) =>
      walk(protocol(scopes[scope]), { random: random.forRun(run), movesMax: WALK_MOVES_MAX }),
    )
    expect(await differences(traces)).toEqual([])
  },
  EXPLORING_MS,
)
