import { execFile, spawn } from 'node:child_process'
import { cp, mkdir, open, rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { openBuildShelf } from './build-shelf'
import { hashSources } from './hash-sources'
import { isAlive, ownerOf, readOwner, withLock, writeOwner } from './lock-file'

const root = path.resolve(import.meta.dirname, '../../..')
const buildDir = path.join(root, '.next')
const standaloneDir = path.join(buildDir, 'standalone')
const shelfDir = path.join(root, '.next-builds')
const programFile = path.join(shelfDir, 'build.program')

const BUILD_TIMEOUT_MS = 10 * 60_000
const BUILDS_TRIED_MAX = 3
const NAME_CHARS = 8

/** The build's name (the first characters of its sources' hash) and the script that serves it. */
export type AppBuild = { name: string; serverFile: string }

/**
 * The production build of the web process, made when there is none of these sources yet. `next build` works in one place,
 * hence starts from one checkout take turns; what it made is then set aside under the name of its sources, so that no build
 * changes what a running estate serves.
 */
export async function buildApp({ logFile }: { logFile: string }): Promise<AppBuild> {
  const shelf = openBuildShelf(shelfDir)
  const standing = await claim(await hashSources(root))
  if (standing) return standing
  return withLock(path.join(shelfDir, 'build.lock'), { timeoutMs: BUILD_TIMEOUT_MS }, async () => {
    let hash = await hashSources(root)
    for (let tried = 0; tried < BUILDS_TRIED_MAX; tried += 1) {
      const madeMeanwhile = await claim(hash)
      if (madeMeanwhile) return madeMeanwhile
      await build(logFile)
      const now = await hashSources(root)
      if (now === hash) return described(hash, await shelf.put(hash, standaloneDir))
      hash = now // edited while it was built: what was made is of neither version
    }
    throw new Error('The sources keep changing while they are built. Start again once they rest.')
  })

  async function claim(hash: string): Promise<AppBuild | null> {
    const place = await shelf.claim(hash)
    return place === null ? null : described(hash, place)
  }
}

function described(hash: string, place: string): AppBuild {
  return { name: hash.slice(0, NAME_CHARS), serverFile: path.join(place, 'server.js') }
}

async function build(logFile: string): Promise<void> {
  await endAbandoned()
  await rm(standaloneDir, { recursive: true, force: true })
  await run('node_modules/.bin/next', ['build'], logFile)
  // The standalone output lacks what is served as it is; without it the page comes without its styles and scripts.
  await cp(path.join(buildDir, 'static'), path.join(standaloneDir, '.next/static'), { recursive: true })
  await cp(path.join(root, 'public'), path.join(standaloneDir, 'public'), { recursive: true }).catch(ignoreMissing)
}

/** A start that was killed leaves its build running, and `next build` refuses to run twice. */
async function endAbandoned(): Promise<void> {
  const program = await readOwner(programFile)
  if (program && (await isAlive(program)) && (await commandOf(program.pid)).includes('next'))
    process.kill(program.pid, 'SIGKILL')
}

async function commandOf(pid: number): Promise<string> {
  const { stdout } = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'command=']).catch(() => ({
    stdout: '',
  }))
  return stdout
}

async function run(program: string, args: readonly string[], logFile: string): Promise<void> {
  await mkdir(path.dirname(logFile), { recursive: true })
  const logHandle = await open(logFile, 'a')
  try {
    const child = spawn(path.join(root, program), args, {
      cwd: root,
      env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', CHECKPOINT_DISABLE: '1' },
      stdio: ['ignore', logHandle.fd, logHandle.fd],
      timeout: BUILD_TIMEOUT_MS,
    })
    const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
    const owner = child.pid === undefined ? null : await ownerOf(child.pid)
    if (owner) await writeOwner(programFile, owner)
    const code = await ended
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} failed (exit ${code}). Its output is in ${logFile}.`)
  } finally {
    await logHandle.close()
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
