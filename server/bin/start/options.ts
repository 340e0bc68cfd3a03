import path from 'node:path'
import { parseWords, UsageError } from '../command-line'

export type StartOptions = { port: number; dataDir: string; fresh: boolean; commandsPerSecond: number }

const PORT_DEFAULT = 3000
const COMMANDS_PER_SECOND_DEFAULT = 50
const COMMANDS_PER_SECOND_MAX = 2_000

export const usage = `Usage: npm start [-- options]

  --port N        address of the console, http://localhost:N (default ${PORT_DEFAULT})
  --data-dir DIR  where the estate lives (default .homeport); two copies need two directories and two ports
  --fresh         removes the estate of this data directory first: servers, catalog, audit trail and people
  --rate N        commands per second of the sample application, 0 to ${COMMANDS_PER_SECOND_MAX} (default ${COMMANDS_PER_SECOND_DEFAULT})
  --help          this text`

/** Throws `UsageError` with a sentence for anything it does not understand. */
export function parseOptions(args: readonly string[]): StartOptions | 'help' {
  const { values } = parse(args)
  if (values.help) return 'help'
  return {
    port: wholeNumber('--port', values.port, { from: 1, to: 65_535 }),
    dataDir: path.resolve(values['data-dir']),
    fresh: values.fresh,
    commandsPerSecond: wholeNumber('--rate', values.rate, { from: 0, to: COMMANDS_PER_SECOND_MAX }),
  }
}

function parse(args: readonly string[]) {
  return parseWords({
    args,
    options: {
      port: { type: 'string', default: String(PORT_DEFAULT) },
      'data-dir': { type: 'string', default: '.homeport' },
      fresh: { type: 'boolean', default: false },
      rate: { type: 'string', default: String(COMMANDS_PER_SECOND_DEFAULT) },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  })
}

function wholeNumber(option: string, text: string, { from, to }: { from: number; to: number }): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= from && value <= to))
    throw new UsageError(`${option} takes a whole number from ${from} to ${to}, not "${text}".`)
  return value
}
