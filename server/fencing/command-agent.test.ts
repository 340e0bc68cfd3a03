import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NotDone, OutcomeUnknown } from '@/server/engines/contract'
import { type CommandAgentConfig, commandAgent } from './command-agent'

const run = promisify(execFile)
let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'homeport-fencing-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

let programs = 0
async function program(body: string): Promise<string> {
  programs += 1
  const path = join(dir, `agent-${programs}`)
  await writeFile(path, `#!/bin/sh\n${body}\n`)
  await chmod(path, 0o755)
  return path
}

async function agentOf(body: string, changes: Partial<CommandAgentConfig> = {}, args: string[] = []) {
  return commandAgent({ argv: [await program(body), ...args], timeoutMs: 5_000, ...changes })
}

const call = (timeoutMs = 5_000, signal = new AbortController().signal) => ({ timeoutMs, signal })
const order = { operationId: 'op-1' }

async function outcome(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'done',
    (error: unknown) => error,
  )
}

test('the program gets the order as arguments and in its environment, and nothing of ours', async () => {
  process.env.HOMEPORT_TEST_SECRET = 'hush'
  const path = join(dir, 'seen')
  const agent = await agentOf(`env > ${path}; printf '%s|' "$@" >> ${path}; echo off`, {}, [
    '{action}',
    '--of={member}',
    '{operation}',
  ])
  const before = Date.now()
  const receipt = await agent.powerOff('fra-1; rm -rf $HOME', order, call())
  delete process.env.HOMEPORT_TEST_SECRET
  expect(receipt.offAt.getTime()).toBeGreaterThanOrEqual(before)
  expect(receipt.evidence).toEqual({ exitCode: 0, says: 'off' })
  const seen = await readFile(path, 'utf8')
  expect(seen).toContain('power-off|--of=fra-1; rm -rf $HOME|op-1|')
  expect(seen).toContain('HOMEPORT_MEMBER=fra-1; rm -rf $HOME')
  expect(seen).not.toContain('hush')
  expect(seen).not.toContain('HOME=')
})

test('its last line may be an answer', async () => {
  const offAt = '2026-11-20T08:00:00Z'
  const agent = await agentOf(
    `echo working; echo '{"outcome":"done","offAt":"${offAt}","says":"Cut.","evidence":{"rack":"r7"}}'`,
  )
  expect(await agent.powerOff('fra-1', order, call())).toEqual({
    offAt: new Date(offAt),
    evidence: { exitCode: 0, rack: 'r7', says: 'Cut.' },
  })
  expect(await agent.check('fra-1', call())).toEqual({ isReady: true, says: 'Cut.' })
})

test.each<[string, string, typeof NotDone | typeof OutcomeUnknown]>([
  ['10 is certain', 'echo no such machine; exit 10', NotDone],
  ['1 is unknown', 'exit 1', OutcomeUnknown],
  ['a signal is unknown', 'kill -9 $$', OutcomeUnknown],
  ['0 with an answer to the contrary is unknown', `echo '{"outcome":"not-done","says":"no"}'`, OutcomeUnknown],
])('%s', async (_, body, kind) => {
  expect(await outcome((await agentOf(body)).powerOff('fra-1', order, call()))).toBeInstanceOf(kind)
})

test('one that hangs is ended with all it started, and its outcome is unknown', async () => {
  const path = join(dir, 'child')
  const agent = await agentOf(`trap '' TERM; sleep 600 & echo $! > ${path}; wait; sleep 600`, { timeoutMs: 300 })
  expect(await outcome(agent.powerOff('fra-1', order, call()))).toBeInstanceOf(OutcomeUnknown)
  const pid = Number(await readFile(path, 'utf8'))
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false)
})

test('one that leaves something running does not keep us', async () => {
  const agent = await agentOf('sleep 600 & exit 0')
  const startedAtMs = performance.now()
  expect(await outcome(agent.powerOff('fra-1', order, call()))).toBe('done')
  expect(performance.now() - startedAtMs).toBeLessThan(3_000)
})

test('one that prints without end is read and not kept', async () => {
  const agent = await agentOf(`head -c 50000000 /dev/zero | tr '\\0' 'x'; echo; echo off`)
  const receipt = await agent.powerOff('fra-1', order, call(20_000))
  expect(receipt.evidence.says).toBe('off')
})

test('what cannot be started, and what is not named by its full path, did nothing', async () => {
  const missing = commandAgent({ argv: [join(dir, 'nowhere')], timeoutMs: 1_000 })
  expect(await outcome(missing.powerOff('fra-1', order, call()))).toBeInstanceOf(NotDone)
  for (const argv of [['agent'], ['/bin/{member}'], []]) {
    const agent = commandAgent({ argv, timeoutMs: 1_000 })
    expect(await outcome(agent.powerOff('sh', order, call())), argv.join()).toBeInstanceOf(NotDone)
  }
  const ended = new AbortController()
  ended.abort()
  const agent = await agentOf('exit 0')
  expect(await outcome(agent.powerOff('fra-1', order, call(1_000, ended.signal)))).toBeInstanceOf(NotDone)
})

/** A process that ended and was not waited for by anybody is no longer alive, though it still has its number. */
async function isAlive(pid: number): Promise<boolean> {
  const status = await run('ps', ['-o', 'stat=', '-p', String(pid)]).catch(() => ({ stdout: '' }))
  return status.stdout.trim() !== '' && !status.stdout.trim().startsWith('Z')
}
