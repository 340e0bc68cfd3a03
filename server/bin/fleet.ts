// npm run fleet -- status|kill|stop|freeze|start|power-off|bring-back-closed|release|rebuild|cut|black-hole|heal|lag: the embedded fleet from a shell.
import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { connectFleet, type FleetClient, type FleetStatus } from '@/server/fleet'
import { explainUsage, parseWords, UsageError } from './command-line'
import { exitCodeOf } from './exit-code'

const usage = `Usage: npm run -s fleet -- COMMAND [--data-dir DIR] [--json]
  status                                       members, ports, roles, links
  kill|stop|freeze|start MEMBER                the power switch; kill and freeze take --postmaster-only
  power-off|bring-back-closed|release MEMBER --operation ID   the padlock on its power switch
  rebuild MEMBER --source MEMBER [--operation ID]
  cut|black-hole|heal FROM:TO [--both]         one direction between two regions, or both
  lag FROM:TO MS [--both]                      adds MS one way
  --help                                       this text
exit: 0 done, 1 refused or failed, 2 usage, 3 no fleet runs`

const COMMANDS = [
  'status',
  'kill',
  'stop',
  'freeze',
  'start',
  'power-off',
  'bring-back-closed',
  'release',
  'rebuild',
  'cut',
  'black-hole',
  'heal',
  'lag',
] as const
type Command = (typeof COMMANDS)[number]

const STATUS_TIMEOUT_MS = 5_000
const POWER_TIMEOUT_MS = 60_000
const REBUILD_TIMEOUT_MS = 180_000
const projectRoot = resolve(import.meta.dirname, '../..')

try {
  console.log(await main())
} catch (error) {
  const isUsage = error instanceof UsageError
  console.error(isUsage ? explainUsage(error, 'npm run fleet') : error instanceof Error ? error.message : String(error))
  process.exit(exitCodeOf(error))
}

async function main(): Promise<string> {
  const { values, positionals } = parse()
  if (values.help) return usage
  const [command, ...words] = positionals
  expectCommand(command)
  const fleet = await connectFleet(resolve(values['data-dir'] ?? resolve(projectRoot, '.homeport')))
  const answer = await run(fleet, command, words, values)
  return values.json || typeof answer !== 'string' ? JSON.stringify(answer) : answer
}

function expectCommand(command: string | undefined): asserts command is Command {
  if (!command) throw new UsageError('Name a command.')
  if (!COMMANDS.some((known) => known === command)) throw new UsageError(`There is no command "${command}".`)
}

type Options = ReturnType<typeof parse>['values']

function parse() {
  const args = process.argv.slice(2)
  // To the parser a negative number is an option; only lag takes a number.
  const negative = args.find((word) => /^-[\d.]/.test(word))
  if (negative && args.includes('lag')) milliseconds(negative)
  return parseWords({
    args,
    allowPositionals: true,
    options: {
      'data-dir': { type: 'string' },
      json: { type: 'boolean', default: false },
      both: { type: 'boolean', default: false },
      'postmaster-only': { type: 'boolean', default: false },
      source: { type: 'string' },
      operation: { type: 'string' },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  })
}

async function run(
  fleet: FleetClient,
  command: Command,
  [target, amount]: string[],
  options: Options,
): Promise<unknown> {
  const call = { timeoutMs: POWER_TIMEOUT_MS }
  switch (command) {
    case 'status': {
      const status = await fleet.status({ timeoutMs: STATUS_TIMEOUT_MS })
      return options.json ? status : tabulate(status)
    }
    case 'kill':
    case 'stop':
    case 'freeze':
    case 'start': {
      const only = options['postmaster-only'] ? 'postmaster' : undefined
      const receipt = await fleet.power(named(target, 'MEMBER'), command, call, only)
      return options.json ? receipt : `${receipt.member}: ${receipt.says}`
    }
    case 'power-off':
    case 'bring-back-closed':
    case 'release': {
      const operationId = named(options.operation, '--operation')
      const receipt = await fleet.lockOut(named(target, 'MEMBER'), command, operationId, call)
      return options.json ? receipt : `${receipt.member}: ${receipt.says}`
    }
    case 'rebuild': {
      const order = { source: named(options.source, '--source'), operationId: options.operation ?? randomUUID() }
      return fleet.rebuild(named(target, 'MEMBER'), order, { timeoutMs: REBUILD_TIMEOUT_MS })
    }
    case 'cut':
    case 'black-hole':
    case 'heal':
      return Promise.all(ways(target, options.both).map(([from, to]) => fleet.link(from, to, command, call)))
    case 'lag': {
      const lagMs = milliseconds(named(amount, 'MS'))
      return Promise.all(ways(target, options.both).map(([from, to]) => fleet.lag(from, to, lagMs, call)))
    }
  }
}

function milliseconds(text: string): number {
  const lagMs = Number(text)
  if (!(Number.isFinite(lagMs) && lagMs >= 0)) throw new UsageError(`MS takes milliseconds, 0 or more, not "${text}".`)
  return lagMs
}

function ways(link: string | undefined, both: boolean): [string, string][] {
  const [from, to, ...rest] = named(link, 'FROM:TO').split(':')
  if (!from || !to || rest.length > 0) throw new UsageError(`"${link}" is not a link: write FROM:TO.`)
  return both
    ? [
        [from, to],
        [to, from],
      ]
    : [[from, to]]
}

function named(value: string | undefined, what: string): string {
  if (!value) throw new UsageError(`${what} is missing.`)
  return value
}

function tabulate({ members, links }: FleetStatus): string {
  const head = ['MEMBER', 'CELL', 'REGION', 'ROLE', 'POWER', 'PORT', 'PID']
  const rows = members.map((member) => [
    member.name,
    member.cell,
    member.region,
    member.role,
    member.power,
    String(member.port),
    String(member.pid ?? '-'),
  ])
  const faults = members.filter((member) => member.fault).map((member) => `${member.name}: ${member.fault}`)
  const changed = links.filter((link) => link.state !== 'up' || link.lagMs > 0)
  const linkLines = changed.map((link) => `${link.from}:${link.to} ${link.state}, ${link.delayMs} ms one way`)
  const summary = `${links.length} links, ${changed.length === 0 ? 'all up' : `${changed.length} changed:`}`
  return [...table([head, ...rows]), ...faults, '', summary, ...linkLines].join('\n')
}

function table(rows: string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  )
}
