import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'

const root = path.resolve(import.meta.dirname, '../../..')
const buildDir = path.join(root, '.next')
const standaloneDir = path.join(buildDir, 'standalone')
const stampFile = path.join(buildDir, 'homeport-build.json')
const lockFile = path.join(root, '.next-build.lock')
const sources = [
  'app',
  'components',
  'model',
  'server',
  'prisma/schema.prisma',
  'package-lock.json',
  'next.config.ts',
  'proxy.ts',
  'postcss.config.mjs',
  'tsconfig.json',
]

const BUILD_TIMEOUT_MS = 10 * 60_000
const LOCK_POLL_MS = 500

/**
 * The production build of the web process, made when the sources changed since the last one. Two starts from one checkout
 * take turns. Returns the first eight characters of the sources' hash: the build's name.
 */
export async function buildApp({ logFile }: { logFile: string }): Promise<string> {
  const hash = await hashSources()
  const build = hash.slice(0, 8)
  if ((await builtHash()) === hash) return build
  const unlock = await takeBuildLock()
  try {
    if ((await builtHash()) === hash) return build
    await rm(stampFile, { force: true })
    await run('node_modules/.bin/next', ['build'], logFile)
    // The standalone output lacks what is served as it is; without it the page comes without its styles and scripts.
    await cp(path.join(buildDir, 'static'), path.join(standaloneDir, '.next/static'), { recursive: true })
    await cp(path.join(root, 'public'), path.join(standaloneDir, 'public'), { recursive: true }).catch(ignoreMissing)
    await writeFile(stampFile, JSON.stringify({ hash }))
    return build
  } finally {
    await unlock()
  }
}

async function builtHash(): Promise<string | null> {
  try {
    return (JSON.parse(await readFile(stampFile, 'utf8')) as { hash: string }).hash
  } catch {
    return null // never built, or a build that was interrupted
  }
}

async function hashSources(): Promise<string> {
  const hash = createHash('sha256')
  for (const source of sources)
    for (const file of await filesUnder(path.join(root, source)))
      if (!/\.test\.tsx?$/.test(file))
        hash
          .update(path.relative(root, file))
          .update('\0')
          .update(await readFile(file))
          .update('\0')
  return hash.digest('hex')
}

async function filesUnder(place: string): Promise<string[]> {
  const info = await stat(place).catch(() => null)
  if (!info) return []
  if (info.isFile()) return [place]
  const entries = await readdir(place, { withFileTypes: true })
  const kept = entries.filter((entry) => entry.name !== 'generated')
  const nested = await Promise.all(kept.map((entry) => filesUnder(path.join(place, entry.name))))
  return nested.flat().sort()
}

/** Taken by one start at a time. The file holds the owner's process id and, below it, that of the program it runs. */
async function takeBuildLock(): Promise<() => Promise<void>> {
  const giveUpAt = Date.now() + BUILD_TIMEOUT_MS
  for (;;) {
    try {
      const file = await open(lockFile, 'wx')
      await file.writeFile(`${process.pid}\n`)
      await file.close()
      return () => rm(lockFile, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const [owner, program] = await readLock()
      if (!owner || !isAlive(owner)) await clearAbandoned(program)
      else if (Date.now() > giveUpAt)
        throw new Error(`Another build has held ${lockFile} for ten minutes. Remove it if none runs.`)
      else await wait(LOCK_POLL_MS)
    }
  }
}

async function readLock(): Promise<number[]> {
  const text = await readFile(lockFile, 'utf8').catch(() => '')
  return text.split('\n').filter(Boolean).map(Number)
}

/** A start that was killed leaves its build running, and `next build` refuses to run twice. */
async function clearAbandoned(program: number | undefined): Promise<void> {
  if (program && isAlive(program) && (await commandOf(program)).includes('next build')) process.kill(program, 'SIGKILL')
  await rm(lockFile, { force: true })
}

async function commandOf(pid: number): Promise<string> {
  const { stdout } = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'command=']).catch(() => ({
    stdout: '',
  }))
  return stdout
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
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
    await writeFile(lockFile, `${process.pid}\n${child.pid}\n`)
    const code = await ended
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} failed (exit ${code}). Its output is in ${logFile}.`)
  } finally {
    await logHandle.close()
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
