import { execFile } from 'node:child_process'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
const TIMEOUT_MS = 30_000

/** All that `npm run -s fleet -- ...words` says when it refuses, and its exit code. */
function refusalOf(...words: string[]): Promise<{ code: unknown; says: string }> {
  const args = ['--import', 'tsx', 'server/bin/fleet.ts', ...words]
  return new Promise((resolve) =>
    execFile(process.execPath, args, { cwd: root, timeout: TIMEOUT_MS }, (error, _, stderr) =>
      resolve({ code: error?.code, says: stderr.trimEnd() }),
    ),
  )
}

describe('the fleet from a shell', { timeout: TIMEOUT_MS }, () => {
  test('says how to name the directory of an estate when none runs', async () => {
    expect(await refusalOf('status', '--data-dir', '/nowhere')).toEqual({
      code: 3,
      says: 'No fleet runs on /nowhere. Start one with "npm start", or name its directory with --data-dir DIR.',
    })
  })

  test.each([
    ['--help', 0],
    ['--hlep', 2],
  ])('exits for %s with %i', async (word, code) => {
    expect((await refusalOf(word)).code ?? 0).toBe(code)
  })

  test.each([
    [[], 'Name a command. See npm run fleet -- --help.'],
    [['fly', 'jkt-1'], 'There is no command "fly". See npm run fleet -- --help.'],
    [['kill', 'jkt-1', '--hard'], 'There is no option --hard. See npm run fleet -- --help.'],
  ])('says of %j what is wrong and no more', async (words, says) => {
    expect(await refusalOf(...words)).toEqual({ code: 2, says })
  })

  test('takes no negative lag', async () => {
    expect(await refusalOf('lag', 'jkt:sin', '-5', '--data-dir', '/nowhere')).toEqual({
      code: 2,
      says: 'MS takes milliseconds, 0 or more, not "-5". See npm run fleet -- --help.',
    })
  })
})
