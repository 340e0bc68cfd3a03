import { type ChildProcess, spawn } from 'node:child_process'
import { basename, isAbsolute } from 'node:path'
import type { CallOptions, FencingAgent } from '@/server/engines/contract'
import { type Hook, hookAgent, type Order } from './hook-agent'
import { notDone, parseAnswer, readable, unknown } from './outcome'

/** The only codes that mean something. Whatever else a program ends with, it may have switched or not. */
const DONE = 0
const CERTAINLY_NOT_DONE = 10
/** Kept of what it prints; the rest is read and dropped, so that a chatty program does not stand still. */
const OUTPUT_BYTES_MAX = 64 * 1024
const END_GRACE_MS = 500

export type CommandAgentConfig = {
  /** The program by its full path, and its arguments; {action}, {member} and {operation} are replaced. No shell reads them. */
  argv: readonly string[]
  /** Names and values beyond the few that every program gets. */
  env?: Readonly<Record<string, string>>
  timeoutMs: number
}

/**
 * A fencing agent that is a program. It ends with 0 when done, with 10 when it certainly did nothing. Its last line may be an
 * answer as of the HTTP hook; without one, the machine was off when the program ended.
 */
export function commandAgent(config: CommandAgentConfig): FencingAgent {
  const hook: Hook = async (order, doing, call) => {
    const { code, signal, output } = await run(config, order, doing, call)
    const answer = parseAnswer(lastLineOf(output))
    const says = answer?.says ?? readable(lastLineOf(output))
    if (code === CERTAINLY_NOT_DONE) throw notDone(doing, says || 'The program says that it did nothing.')
    if (code !== DONE) throw unknown(doing, `The program ended with ${signal ?? code}. ${says}`)
    if (answer?.outcome === 'not-done') throw unknown(doing, `The program ended with 0 and says: ${answer.says}`)
    const evidence = { exitCode: code, ...answer?.evidence }
    return { outcome: 'done', offAt: answer?.offAt ?? new Date().toISOString(), evidence, ...(says ? { says } : {}) }
  }
  return hookAgent(`fencing command ${basename(config.argv[0] ?? '')}`, hook)
}

type Ended = { code: number | null; signal: string | null; output: string }

function run(config: CommandAgentConfig, order: Order, doing: string, call: CallOptions): Promise<Ended> {
  const [program, ...args] = config.argv.map((word) => fill(word, order))
  if (!program || !isAbsolute(program) || program !== config.argv[0])
    throw notDone(doing, 'The program is not named by its full path.')
  const timeoutMs = Math.min(call.timeoutMs, config.timeoutMs)
  if (call.signal.aborted || timeoutMs <= 0) throw notDone(doing, 'No time was left.')
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: '/',
      env: { ...environmentOf(order), ...config.env } as NodeJS.ProcessEnv, // whose type wants NODE_ENV, which is ours and not theirs
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // a group of its own, so that what it started ends with it
    })
    const kept = keepOutput(child)
    const giveUp = (says: string) => {
      endGroup(child)
      reject(unknown(doing, says))
    }
    const timer = setTimeout(() => giveUp(`The program did not end within ${Math.round(timeoutMs)} ms.`), timeoutMs)
    const onAbort = () => giveUp('The call was given up.')
    call.signal.addEventListener('abort', onAbort, { once: true })
    const settle = () => {
      clearTimeout(timer)
      call.signal.removeEventListener('abort', onAbort)
    }
    child.on('error', (error: NodeJS.ErrnoException) => {
      settle()
      reject(
        child.pid === undefined
          ? notDone(doing, `The program cannot be started (${error.code}).`, error)
          : unknown(doing, error.message, error),
      )
    })
    child.on('exit', (code, signal) => {
      settle()
      // What it left running may hold its output open for ever: its group is ended, and who left the group is not waited for.
      endGroup(child)
      const ended = () => resolve({ code, signal, output: kept() })
      child.once('close', ended)
      setTimeout(ended, END_GRACE_MS).unref()
    })
  })
}

/** Placeholders stand for a whole argument or a part of it; the result is one argument whatever it holds. */
function fill(word: string, { action, member, operationId }: Order): string {
  return word.replace(/\{(action|member|operation)\}/g, (_, name: string) =>
    name === 'action' ? action : name === 'member' ? member : operationId,
  )
}

/** Nothing of our own environment: it holds the secrets of the console. */
function environmentOf({ action, member, operationId }: Order): Record<string, string> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'C.UTF-8',
    HOMEPORT_ACTION: action,
    HOMEPORT_MEMBER: member,
    HOMEPORT_OPERATION: operationId,
  }
}

function keepOutput(child: ChildProcess): () => string {
  let kept = Buffer.alloc(0)
  child.stdout?.on('data', (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]).subarray(-OUTPUT_BYTES_MAX)
  })
  child.stderr?.resume()
  return () => kept.toString('utf8')
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(-(child.pid as number), name)
    } catch {
      // The group has ended already.
    }
  }
  signal('SIGTERM')
  setTimeout(() => signal('SIGKILL'), END_GRACE_MS).unref()
}

function lastLineOf(output: string): string {
  return output.trimEnd().split('\n').at(-1) ?? ''
}
