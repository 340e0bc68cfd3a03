import { expect, test } from 'vitest'
import { explore } from './explore'
import { protocol, scopes } from './protocol'

/** Needs no server, but half a minute of a processor: that is why it is not among the unit tests. */
const STATES_MAX = 1_000_000
const EXPLORING_MS = 600_000

test.each(Object.entries(scopes))(
  'nothing that can happen breaks an invariant: %s',
  (_, bounds) => {
    const { violation, isExhaustive } = explore(protocol(bounds), { statesMax: STATES_MAX })
    expect({ violation, isExhaustive }).toEqual({ violation: null, isExhaustive: true })
  },
  EXPLORING_MS,
)
