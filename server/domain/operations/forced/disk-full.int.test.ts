import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, open, rename, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startOperationWorker } from '@/server/workflows'
import { findOperation } from '@/server/workflows/operation-record'
import { waitForOperation, waitForStatus } from '@/server/workflows/testing/wait-for'
import { retryOperation } from '../control-operation'
import { forcedWorkflow } from './forced-workflow'
import { ForcedCell } from './testing-forced'

/**
 * The log of the target lies on a small disk of its own, which is full when it is promoted. Only a privileged user may mount
 * one; anybody else skips this.
 */
const run = promisify(execFile)
const DISK_MB = 64
const CHUNK_BYTES = 1024 * 1024
const MOUNTABLE = process.platform === 'linux' && process.getuid?.() === 0

let cell: ForcedCell
let disk: string
const end = new AbortController()
let worker: { done: Promise<void> } | null = null

beforeAll(async () => {
  if (!MOUNTABLE) return
  cell = await ForcedCell.start()
  disk = await mkdtemp(path.join(tmpdir(), 'homeport-small-disk-'))
})
afterAll(async () => {
  end.abort()
  await worker?.done
  await cell?.stop()
  if (disk) await run('umount', [disk]).catch(() => {}) // never mounted
  if (disk) await rm(disk, { recursive: true, force: true })
})

/** Moves the member's log there while it is down. */
async function moveLogTo(small: string, member: string): Promise<void> {
  const { fleet } = cell.base.cell
  const log = path.join(fleet.fleet.member(member).seat.dir, 'pg_wal')
  await fleet.member(member).shutDown()
  const { uid, gid } = await stat(log)
  await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=755`, 'tmpfs', small])
  const moved = path.join(small, 'pg_wal')
  await mkdir(moved)
  await cp(log, moved, { recursive: true })
  await run('chown', ['-R', `${uid}:${gid}`, small])
  await rename(log, `${log}.before`)
  await symlink(moved, log)
  await fleet.member(member).start()
}

/** Until not another byte fits. */
async function fill(small: string): Promise<void> {
  const file = await open(path.join(small, 'filler'), 'w')
  const full = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOSPC'
  try {
    for (let chunk = Buffer.alloc(CHUNK_BYTES); ; )
      await file.write(chunk).catch((error: unknown) => {
        if (!full(error) || chunk.length === 1) throw error
        chunk = Buffer.alloc(Math.ceil(chunk.length / 2))
      })
  } catch (error) {
    if (!full(error)) throw error
  } finally {
    await file.close()
  }
}

test.skipIf(!MOUNTABLE)(
  'a target whose disk is full waits for a person past the return, says why, and goes on when there is room',
  async () => {
    const { source, target } = await cell.roles()
    await moveLogTo(disk, target)
    await cell.heal()
    await cell.base.cell.fleet.member(source).kill()
    const operationId = await cell.enqueue({}, 'ServerDown')
    await fill(disk)
    worker = startOperationWorker({
      db: cell.db,
      workflows: [forcedWorkflow],
      deps: cell.deps,
      workerName: 'worker-1',
      homeRegion: cell.deps.vantageRegion,
      pollMs: 50,
      signal: end.signal,
    })

    const stuck = await waitForStatus(cell.db, operationId, 'needs-human', 'done', 'undone')
    expect(stuck).toMatchObject({ status: 'needs-human', statusReason: expect.stringMatching(/^Promote the target: /) })
    expect(await cell.base.epochRow(), 'nobody else may take over meanwhile').toMatchObject({ activeMember: target })

    await rm(path.join(disk, 'filler'))
    await cell.base.cell.fleet.member(target).start()
    const operator = cell.base.ctxOf('operator')
    await retryOperation(operator, { id: operationId, reason: 'There is room again.' })
    await waitForOperation(cell.db, operationId, ({ status }) => status === 'done')
    expect(await cell.violations((await findOperation(cell.db, operationId))!)).toEqual([])
  },
)
