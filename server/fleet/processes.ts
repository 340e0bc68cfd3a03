import { execFile } from 'node:child_process'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { promisify } from 'node:util'

const PS_TIMEOUT_MS = 2_000
const hasProc = process.platform === 'linux'
const run = promisify(execFile)

export type ProcessState = 'running' | 'stopped' | 'gone'

/** Whether a process runs, is stopped by SIGSTOP, or is gone. A zombie is gone: it holds nothing but its number. */
export async function processState(pid: number): Promise<ProcessState> {
  if (hasProc) return stateOf((await readStat(pid))?.letter)
  return stateOf((await ps(['-o', 'state=', '-p', String(pid)])).trim()[0])
}

/** The direct children of a process. For PostgreSQL that is every backend, since a backend never forks. */
export async function childrenOf(parent: number): Promise<number[]> {
  if (hasProc) {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
    const stats = await Promise.all(pids.map((pid) => readStat(pid)))
    return pids.filter((_, index) => stats[index]?.parent === parent)
  }
  const rows = (await ps(['-A', '-o', 'pid=,ppid='])).trim().split('\n')
  return rows
    .map((row) => row.trim().split(/\s+/).map(Number))
    .flatMap(([pid, ppid]) => (ppid === parent && pid ? [pid] : []))
}

/**
 * Whether the process works in this data directory. A process number alone proves nothing, since numbers are reused;
 * a postmaster's working directory is its data directory.
 */
export async function worksIn(pid: number, dir: string): Promise<boolean> {
  if (hasProc) return (await readlink(`/proc/${pid}/cwd`).catch(() => null)) === dir
  return (await ps(['-o', 'args=', '-p', String(pid)])).includes(`-D ${dir} `)
}

/** A mark that differs when the same number is given to another process; null when there is no such process. */
export async function birthMark(pid: number): Promise<string | null> {
  if ((await processState(pid)) === 'gone') return null
  if (hasProc) return (await readStat(pid))?.startedAtTicks ?? null
  return (await ps(['-o', 'lstart=', '-p', String(pid)])).trim() || null
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

type Stat = { letter: string; parent: number; startedAtTicks: string }

async function readStat(pid: number): Promise<Stat | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (text === null) return null
  // The second field is the program's name in brackets and may itself hold spaces and brackets.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { letter: fields[0] ?? '', parent: Number(fields[1]), startedAtTicks: fields[19] ?? '' }
}

function stateOf(letter: string | undefined): ProcessState {
  if (!letter || letter === 'Z' || letter === 'X') return 'gone'
  return letter === 'T' || letter === 't' ? 'stopped' : 'running'
}

async function ps(args: string[]): Promise<string> {
  // ps exits 1 when no process matches, which is an answer.
  return run('ps', args, { timeout: PS_TIMEOUT_MS }).then(
    (result) => result.stdout,
    () => '',
  )
}
