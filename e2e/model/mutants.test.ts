import { expect, test } from 'vitest'
import { explore } from './explore'
import { mutants } from './mutants'
import { protocol, scopes } from './protocol'

const STATES_MAX = 200_000
const EXPLORING_MS = 240_000

test.each(Object.entries(mutants))(
  'caught with a counterexample: %s',
  (_, { scope, change, breaks }) => {
    const { violation } = explore(protocol(scopes[scope], change), { statesMax: STATES_MAX })
    expect(violation?.says).toContain(breaks)
    expect(violation?.trace.length).toBeGreaterThan(0)
  },
  EXPLORING_MS,
)
