/**
 * `npm start`: the embedded default. Builds the web process if its sources changed, brings up the fleet, makes the catalog
 * and the cells ready, and keeps worker, web and traffic running until Ctrl-C. A start that was killed recovers at the next.
 */
import path from 'node:path'
import { readDemoPeople, seedDemoPeople } from '@/server/auth'
import { systemClock } from '@/server/clock'
import { createDb } from '@/server/db'
import { deployMigrations } from '@/server/db/migrate'
import { applyEstate } from '@/server/domain/estate'
import { destroyFleet, type FleetStatus, refuseRunningFleet } from '@/server/fleet'
import { EXIT_USAGE, explainUsage, UsageError } from './command-line'
import { type AppBuild, buildApp } from './start/build-app'
import { claimPort } from './start/claim-port'
import { catalogMember, embeddedSpec } from './start/embedded-spec'
import { examineDataDir } from './start/examine-data-dir'
import { explainEnd } from './start/explain-end'
import { fleetSpec, whenFleetIsUp } from './start/fleet-process'
import { parseOptions, type StartOptions, usage } from './start/options'
import { makeOwnFiles, peopleFileOf } from './start/own-files'
import { prepareCells } from './start/prepare-cells'
import { refuseForeignDirectory, removeEstateFiles } from './start/remove-estate'
import { loadSecrets, type Secrets } from './start/secrets'
import { createSupervisor, prepareLogs, type Supervisor } from './start/supervise'
import { untilReady } from './start/until-ready'

const EXIT_FAILED = 1
const startedAt = performance.now()

function say(sentence: string): void {
  console.log(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${sentence}`)
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2))
  if (options === 'help') return console.log(usage)
  await claimPort(options.port)
  await refuseRunningFleet(options.dataDir)
  if (options.fresh) await removeEstate(options.dataDir)
  await examineDataDir(options.dataDir, { isCleared: options.fresh })
  const logDir = path.join(options.dataDir, 'logs')
  await prepareLogs(logDir, ['build', 'fleet', 'worker', 'web', 'traffic'])
  await makeOwnFiles(options.dataDir)
  const ending = new AbortController()
  const supervisor = createSupervisor({
    logDir,
    onGivingUp: (name, lastWords) => {
      console.error(explainEnd(name, { dataDir: options.dataDir, lastWords }))
      process.exitCode = EXIT_FAILED
      ending.abort()
    },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ending.abort())
  const ended = new Promise<void>((resolve) => ending.signal.addEventListener('abort', () => resolve(), { once: true }))
  try {
    await Promise.race([bringUp(options, supervisor, logDir), ended])
    await ended
  } finally {
    say('Stopping.')
    await supervisor.stopAll()
    say('Everything has stopped.')
  }
}

async function bringUp(options: StartOptions, supervisor: Supervisor, logDir: string): Promise<void> {
  const { dataDir, port, commandsPerSecond } = options
  say('Starting PostgreSQL servers in seven regions, and building the web console if its sources changed.')
  const [build, fleet] = await Promise.all([
    buildApp({ logFile: path.join(logDir, 'build.log') }).then((made) => {
      say(`The web console is built (${made.name}).`)
      return made
    }),
    whenFleetIsUp(supervisor.start(fleetSpec(dataDir)), dataDir).then((status) => {
      say(`${status.members.length} servers are up.`)
      return status
    }),
  ])
  const secrets = await loadSecrets(dataDir)
  const env = environmentOf(options, fleet, secrets, build)
  const isFirstStart = await prepareCatalog(options, fleet, secrets)
  const tsx = (file: string, ...args: string[]) => ['--import', 'tsx', file, ...args]
  supervisor.start({ name: 'worker', args: tsx('server/bin/worker.ts'), env })
  supervisor.start({
    name: 'web',
    args: ['server/bin/web.mjs', build.serverFile],
    env: { ...env, NODE_ENV: 'production', PORT: String(port), HOSTNAME: '127.0.0.1' },
  })
  await untilReady(env.HOMEPORT_URL)
  if (commandsPerSecond > 0)
    supervisor.start({ name: 'traffic', args: tsx('server/bin/traffic.ts', '--rate', String(commandsPerSecond)), env })
  await sayWelcome(env.HOMEPORT_URL, dataDir, isFirstStart)
}

/** What the worker, the web and the traffic process need to know. */
function environmentOf({ dataDir, port }: StartOptions, fleet: FleetStatus, secrets: Secrets, build: AppBuild) {
  const catalog = catalogMember(fleet)
  return {
    DATABASE_URL: catalog.adminDsn,
    HOMEPORT_URL: `http://localhost:${port}`,
    HOMEPORT_SERVED_FROM: catalog.region,
    HOMEPORT_ENVIRONMENT: 'DEMO',
    HOMEPORT_AUTH_SECRET: secrets.authSecret,
    HOMEPORT_ROUTER_TOKEN: secrets.routerToken,
    HOMEPORT_METRICS_TOKEN: secrets.metricsToken,
    HOMEPORT_DATA_DIR: dataDir,
    HOMEPORT_BUILD: build.name,
  }
}

/** Migrations, the declared estate, the cells and the demo people. Everything may be repeated. */
async function prepareCatalog({ dataDir }: StartOptions, fleet: FleetStatus, secrets: Secrets): Promise<boolean> {
  const catalog = catalogMember(fleet)
  await deployMigrations(catalog.adminDsn)
  const db = createDb(catalog.adminDsn, { poolSize: 4 })
  try {
    const isFirstStart = (await db.person.count()) === 0
    const actor = { kind: 'service', name: 'start' } as const
    const applied = await applyEstate(db, embeddedSpec(dataDir, fleet), {
      actor,
      now: new Date(),
      servedFrom: catalog.region,
    })
    say(`The catalog is ready. ${applied.says}`)
    for (const { cell, says } of await prepareCells(db, fleet)) say(`Cell ${cell}: ${says}`)
    const people = { db, clock: systemClock, secret: secrets.authSecret, servedFrom: catalog.region }
    await seedDemoPeople(people, { file: peopleFileOf(dataDir) })
    return isFirstStart
  } finally {
    await db.$disconnect()
  }
}

async function sayWelcome(url: string, dataDir: string, isFirstStart: boolean): Promise<void> {
  const file = peopleFileOf(dataDir)
  say(`Homeport is at ${url}`)
  if (!isFirstStart) return console.log(`\nThe sign-ins are in ${file}. Ctrl-C stops everything.`)
  const people = (await readDemoPeople(file)) ?? []
  console.log('\nSign in as (shown once; kept in people.json of the data directory, with the TOTP secrets):\n')
  for (const { role, email, password, totpSecret } of people)
    console.log(`  ${role.padEnd(10)}  ${email.padEnd(36)}  ${password}  TOTP ${totpSecret}`)
  console.log(`\n${file}. Ctrl-C stops everything.`)
}

async function removeEstate(dataDir: string): Promise<void> {
  await refuseForeignDirectory(dataDir)
  say(`Removing the estate in ${dataDir}.`)
  await destroyFleet(dataDir)
  const { keptCount } = await removeEstateFiles(dataDir)
  if (keptCount > 0) say(`Kept in ${dataDir}: ${keptCount} of other origin than an estate.`)
}

try {
  await main()
} catch (error) {
  const isUsage = error instanceof UsageError
  console.error(isUsage ? explainUsage(error, 'npm start') : error instanceof Error ? error.message : error)
  process.exitCode = isUsage ? EXIT_USAGE : EXIT_FAILED
}
