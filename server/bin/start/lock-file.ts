import { randomUUID } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { birthMark } from '@/server/fleet/processes'

const POLL_MS = 50

/** A process as a file names it. The birth tells a reused process number from the owner. */
export type Owner = { pid: number; birth: string }

/**
 * Runs `work` while no other process holds the lock `file`. A lock whose owner is dead holds nobody out. Throws when a
 * live owner has not let go within `timeoutMs`.
 */
export async function withLock<Result>(
  file: string,
  { timeoutMs }: { timeoutMs: number },
  work: () => Promise<Result>,
): Promise<Result> {
  const giveUpAt = performance.now() + timeoutMs
  while (!(await tryTake(file))) {
    const owner = await readOwner(file)
    if (owner && (await isAlive(owner))) {
      if (performance.now() > giveUpAt)
        throw new Error(`Process ${owner.pid} has held ${file} for ${Math.round(timeoutMs / 1000)} s. Stop it first.`)
      await wait(POLL_MS)
    } else await removeDead(file, timeoutMs)
  }
  try {
    return await work()
  } finally {
    await rm(file, { force: true })
  }
}

/** The process as an owner that a file can name; null when there is none of that number. */
export async function ownerOf(pid: number): Promise<Owner | null> {
  const birth = await birthMark(pid)
  return birth === null ? null : { pid, birth }
}

/** Null when the file is gone or was cut short by a full disk: then nobody can be found who holds it. */
export async function readOwner(file: string): Promise<Owner | null> {
  const [pid, birth] = (await readFile(file, 'utf8').catch(() => '')).split('\n')
  return pid && birth ? { pid: Number(pid), birth } : null
}

export async function isAlive(owner: Owner): Promise<boolean> {
  return (await birthMark(owner.pid)) === owner.birth
}

export async function writeOwner(file: string, { pid, birth }: Owner): Promise<void> {
  await writeFile(file, `${pid}\n${birth}\n`)
}

/** The judge is the file system: of two links to one name only one is made, and the file is complete when its name appears. */
async function tryTake(file: string): Promise<boolean> {
  const own = `${file}.${randomUUID()}`
  await writeOwner(own, { pid: process.pid, birth: (await birthMark(process.pid)) ?? '?' })
  try {
    await link(own, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  } finally {
    await rm(own, { force: true })
  }
}

/**
 * Removing needs a lock of its own and a second look: of two processes that saw the same dead owner, the slower one would
 * otherwise remove the lock that the faster one holds by then.
 */
async function removeDead(file: string, timeoutMs: number): Promise<void> {
  await withLock(`${file}.succession`, { timeoutMs }, async () => {
    const owner = await readOwner(file)
    if (!owner || !(await isAlive(owner))) await rm(file, { force: true })
  })
}
