import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { NEWEST_MIGRATION } from './readiness'

test('readiness waits for the newest migration of this build', () => {
  const folder = path.join(import.meta.dirname, '../../prisma/migrations')
  const migrations = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(
    migrations
      .map(({ name }) => name)
      .sort()
      .at(-1),
  ).toBe(NEWEST_MIGRATION)
})
