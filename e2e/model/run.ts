import { parseArgs } from 'node:util'
import { explore } from './explore'
import { mutants } from './mutants'
import { protocol, type ScopeName, scopes } from './protocol'

/**
 * `npm run -s model [-- --scope NAME] [--mutants] [--json]`: visits the whole model, scope by scope, and prints how many states
 * there are; with --mutants, shows that every planted mistake has a counterexample. Exit 0 only when no invariant broke, nothing
 * was left unvisited and every mutant was caught; 2 for a wrong call. With --json the last line of stdout is one JSON object.
 */
const STATES_MAX = 2_000_000

function main(): number {
  const { values } = parseArgs({
    options: {
      scope: { type: 'string' },
      mutants: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  })
  const names = Object.keys(scopes) as ScopeName[] // the table's own keys
  const chosen = names.filter((name) => values.scope === undefined || name === values.scope)
  if (chosen.length === 0) {
    console.error(`No such scope: ${values.scope}. There are: ${names.join('; ')}.`)
    return 2
  }
  const explored = chosen.map(visit)
  const caught = values.mutants ? Object.keys(mutants).map(hunt) : []
  const ok = explored.every(({ isExhaustive }) => isExhaustive) && caught.every(({ isCaught }) => isCaught)
  if (values.json) console.log(JSON.stringify({ ok, scopes: explored, mutants: caught }))
  return ok ? 0 : 1
}

function visit(scope: ScopeName) {
  const startedAtMs = performance.now()
  const { violation, traces: _, ...counts } = explore(protocol(scopes[scope]), { statesMax: STATES_MAX })
  const tookMs = Math.round(performance.now() - startedAtMs)
  console.error(
    `${scope}: ${counts.stateCount} states, ${counts.moveCount} moves, ${counts.depth} deep, ${tookMs} ms: ${violation?.says ?? (counts.isExhaustive ? 'nothing broke' : 'NOT ALL VISITED')}`,
  )
  for (const { action } of violation?.trace ?? []) console.error(`  ${JSON.stringify(action)}`)
  return { scope, ...counts, tookMs, says: violation?.says ?? null }
}

function hunt(mutant: string) {
  const { scope, change, breaks } = mutants[mutant]!
  const { violation } = explore(protocol(scopes[scope], change), { statesMax: STATES_MAX })
  const isCaught = violation?.says.includes(breaks) ?? false
  console.error(
    `mutant "${mutant}": ${violation ? `${violation.says} (${violation.trace.length} moves)` : 'NOT CAUGHT'}`,
  )
  for (const { action } of violation?.trace ?? []) console.error(`  ${JSON.stringify(action)}`)
  return { mutant, scope, isCaught, invariant: breaks, movesCount: violation?.trace.length ?? null }
}

process.exitCode = main()
