/** What every command of this folder shares: words read strictly, and a refusal that is one sentence and stands last. */
import { type ParseArgsConfig, parseArgs } from 'node:util'

export const EXIT_USAGE = 2

/** Something on the command line is not understood: the message says what, in one sentence. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** Node's parser, with a sentence where it refuses. `--rate -3` hands -3 to --rate: what is wrong with it is for --rate to say. */
export function parseWords<T extends ParseArgsConfig & { args: readonly string[] }>(config: T) {
  try {
    return parseArgs<T>({ ...config, args: joinNegatives(config.args) })
  } catch (error) {
    throw new UsageError(refusalOf(error))
  }
}

/** The sentence and where to read on. Without the list of options, under which the sentence would be out of sight. */
export function explainUsage(error: UsageError, command: string): string {
  return `${error.message} See ${command} -- --help.`
}

function joinNegatives(words: readonly string[]): string[] {
  const joined: string[] = []
  for (const word of words) {
    const before = joined.at(-1)
    if (/^-\d/.test(word) && before && /^--[a-z-]+$/.test(before)) joined[joined.length - 1] = `${before}=${word}`
    else joined.push(word)
  }
  return joined
}

function refusalOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const quoted = /'([^']+)'/.exec(message)?.[1] ?? ''
  switch (error instanceof Error && 'code' in error ? error.code : null) {
    case 'ERR_PARSE_ARGS_UNKNOWN_OPTION':
      return `There is no option ${quoted}.`
    case 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL':
      return `"${quoted}" is not understood here.`
    case 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE': {
      // Of an option with a short form Node names both, and of one that takes a value what it takes.
      const option = /--[a-z-]+/.exec(quoted)?.[0] ?? quoted
      return /does not take an argument/.test(message) ? `${option} takes no value.` : `${option} needs a value.`
    }
    default:
      return message.split('\n')[0] ?? message
  }
}
