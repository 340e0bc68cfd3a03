import { execFile } from 'node:child_process'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
const TIMEOUT_MS = 60_000

/** All that `npm run -s people -- ...words` says when it refuses, and its exit code. */
function refusalOf(...words: string[]): Promise<{ code: unknown; says: string }> {
  const args = ['--import', 'tsx', 'server/bin/people.ts', ...words]
  return new Promise((resolve) =>
    execFile(process.execPath, args, { cwd: root, timeout: TIMEOUT_MS }, (error, _, stderr) =>
      resolve({ code: error?.code, says: stderr.trimEnd() }),
    ),
  )
}

describe('the people from a shell', { timeout: TIMEOUT_MS }, () => {
  test('says that no fleet runs with the code that every command has for it', async () => {
    expect(await refusalOf('list', '--data-dir', '/nowhere')).toEqual({
      code: 3,
      says: 'No fleet runs on /nowhere. Start one with "npm start", or name its directory with --data-dir DIR.',
    })
  })

  test('takes a role that there is not for a slip of the pen, before it looks for a fleet', async () => {
    expect(await refusalOf('grant', 'owner', '--email', 'ada@homeport.example', '--data-dir', '/nowhere')).toEqual({
      code: 2,
      says: 'There is no role "owner". Roles: viewer, operator, approver, compliance, admin. See npm run people -- --help.',
    })
  })
})
