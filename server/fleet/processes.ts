import { execFile } from 'node:child_process'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { promisify } from 'node:util'

const LOOKUP_TIMEOUT_MS = 2_000
const hasProc = process.platform === 'linux'
const execFileAsync = promisify(execFile)

export type ProcessState = 'running' | 'stopped' | 'gone'

/** Whether a process runs, is stopped by SIGSTOP, or is gone. A zombie is gone: it holds nothing but its number. */
export async function processState(pid: number): Promise<ProcessState> {
  if (hasProc) return stateOf((await readStat(pid))?.letter)
  return stateOf((await run('ps', ['-o', 'state=', '-p', String(pid)])).trim()[0])
}

/**
 * Every live process that works in this directory. For a data directory that is its postmaster and all backends, also
 * those that outlived their postmaster: PostgreSQL never leaves its data directory.
 */
export async function processesIn(dir: string): Promise<number[]> {
  if (!hasProc)
    return (await run('/usr/sbin/lsof', ['-t', '-a', '-d', 'cwd', dir])).trim().split('\n').filter(Boolean).map(Number)
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const areHere = await Promise.all(pids.map((pid) => worksIn(pid, dir)))
  return pids.filter((_, index) => areHere[index])
}

/**
 * Whether the process works in this data directory. A process number alone proves nothing, since numbers are reused;
 * a postmaster's working directory is its data directory.
 */
export async function worksIn(pid: number, dir: string): Promise<boolean> {
  if (hasProc) return (await readlink(`/proc/${pid}/cwd`).catch(() => null)) === dir
  return (await run('ps', ['-o', 'args=', '-p', String(pid)])).includes(`-D ${dir} `)
}

/** A mark that differs when the same number is given to another process; null when there is no such process. */
export async function birthMark(pid: number): Promise<string | null> {
  if ((await processState(pid)) === 'gone') return null
  if (hasProc) return (await readStat(pid))?.startedAtTicks ?? null
  return (await run('ps', ['-o', 'lstart=', '-p', String(pid)])).trim() || null
}

/** Sends a signal; false when the process is gone. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

type Stat = { letter: string; startedAtTicks: string }

async function readStat(pid: number): Promise<Stat | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (text === null) return null
  // The second field is the program's name in brackets and may itself hold spaces and brackets.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { letter: fields[0] ?? '', startedAtTicks: fields[19] ?? '' }
}

function stateOf(letter: string | undefined): ProcessState {
  if (!letter || letter === 'Z' || letter === 'X') return 'gone'
  return letter === 'T' || letter === 't' ? 'stopped' : 'running'
}

/** What a program prints. ps and lsof exit 1 when no process matches, which is an answer. */
async function run(program: string, args: string[]): Promise<string> {
  return execFileAsync(program, args, { timeout: LOOKUP_TIMEOUT_MS }).then(
    (result) => result.stdout,
    () => '',
  )
}
