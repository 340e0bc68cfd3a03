import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BUILDS_KEPT_MAX, openBuildShelf } from './build-shelf'
import { ownerOf, withLock, writeOwner } from './lock-file'

let dir: string
let others: ChildProcess[]
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'homeport-shelf-'))
  others = []
})
afterEach(async () => {
  await Promise.all(others.map(end))
  await rm(dir, { recursive: true, force: true })
})

/** A process of its own that does nothing but live. */
function startOther(): ChildProcess {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  others.push(child)
  return child
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}

/** Puts a build named `name` on the shelf, as used `minutesAgo`, for the process `pid`. */
async function put(name: string, minutesAgo: number, pid: number): Promise<void> {
  const made = path.join(dir, `made-${name}`)
  await mkdir(made)
  await writeFile(path.join(made, 'server.js'), name)
  await openBuildShelf(path.join(dir, 'shelf')).put(name, made, pid)
  const usedAt = new Date(Date.now() - minutesAgo * 60_000)
  await utimes(path.join(dir, 'shelf', name), usedAt, usedAt)
}

const builds = async () => (await readdir(path.join(dir, 'shelf'))).filter((name) => /^build-/.test(name)).sort()

describe('the shelf of builds', () => {
  test('keeps the newest builds, and every older one that a live process serves', async () => {
    const server = startOther()
    await put('build-served', 900, server.pid!)
    const gone = startOther()
    for (let n = 0; n < BUILDS_KEPT_MAX + 2; n += 1) await put(`build-${n}`, 500 - n, gone.pid!)
    await end(gone)
    await put('build-new', 0, process.pid)
    expect(await builds()).toEqual(['build-3', 'build-4', 'build-new', 'build-served'])
    expect(await readFile(path.join(dir, 'shelf/build-served/server.js'), 'utf8')).toBe('build-served')

    await end(server)
    await put('build-newer', 0, process.pid)
    expect(await builds()).toEqual(['build-4', 'build-new', 'build-newer'])
  })

  test('never changes a build that stands there', async () => {
    await put('build-a', 0, process.pid)
    const again = path.join(dir, 'again')
    await mkdir(again)
    await writeFile(path.join(again, 'server.js'), 'another')
    await openBuildShelf(path.join(dir, 'shelf')).put('build-a', again)
    expect(await readFile(path.join(dir, 'shelf/build-a/server.js'), 'utf8')).toBe('build-a')
  })

  test('gives nothing away that it does not hold', async () => {
    expect(await openBuildShelf(path.join(dir, 'shelf')).claim('build-none')).toBeNull()
  })

  test('whatever a claim was given is still there after everybody has put new ones', async () => {
    await put('build-old', 900, process.pid)
    await rm(path.join(dir, 'shelf/claims', `build-old.${process.pid}`))
    const server = startOther()
    const claim = openBuildShelf(path.join(dir, 'shelf')).claim('build-old', server.pid!)
    const puts = Array.from({ length: 6 }, (_, n) => put(`build-${n}`, 0, process.pid))
    const [place] = await Promise.all([claim, ...puts])
    if (place) expect(await readFile(path.join(place, 'server.js'), 'utf8')).toBe('build-old')
    else expect(await builds()).not.toContain('build-old')
  })
})

describe('a lock', () => {
  test('lets one in at a time, also when many find a dead owner’s lock at once', async () => {
    const file = path.join(dir, 'lock')
    const dead = startOther()
    await writeOwner(file, (await ownerOf(dead.pid!))!)
    await end(dead)
    let inside = 0
    let most = 0
    const enter = () =>
      withLock(file, { timeoutMs: 20_000 }, async () => {
        most = Math.max(most, ++inside)
        await readdir(dir)
        inside -= 1
      })
    await Promise.all(Array.from({ length: 20 }, enter))
    expect(most).toBe(1)
  })

  test('held by a live process is not taken, and the refusal names the process', async () => {
    const file = path.join(dir, 'lock')
    const owner = startOther()
    await writeOwner(file, (await ownerOf(owner.pid!))!)
    await expect(withLock(file, { timeoutMs: 200 }, async () => undefined)).rejects.toThrow(`Process ${owner.pid}`)
  })
})
