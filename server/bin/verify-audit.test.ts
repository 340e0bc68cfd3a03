import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
const TIMEOUT_MS = 30_000

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'homeport-verify-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

/** What `npm run -s verify -- file` says when it cannot be used, and its exit code. */
function refusalOf(file: string): Promise<{ code: unknown; says: string }> {
  const args = ['--import', 'tsx', 'server/bin/verify-audit.ts', file]
  return new Promise((resolve) =>
    execFile(process.execPath, args, { cwd: root, timeout: TIMEOUT_MS }, (error, stdout, stderr) =>
      resolve({ code: error?.code, says: stdout + stderr }),
    ),
  )
}

test('what is no file of a bundle is refused with one sentence that names it', { timeout: TIMEOUT_MS }, async () => {
  const file = path.join(dir, 'package.json')
  await writeFile(file, '{"name": "homeport"}')
  expect(await refusalOf(dir)).toEqual({ code: 2, says: `${dir} is a directory.\n` })
  expect(await refusalOf(`${file}.gone`)).toEqual({ code: 2, says: `There is no file ${file}.gone.\n` })
  expect(await refusalOf(file)).toEqual({ code: 2, says: `${file} is not an audit bundle: it has no format.\n` })
})
