import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { roles } from '@/model/permissions'
import { systemClock } from '@/server/clock'
import { startCatalog, type TestCatalog } from '@/server/db/testing'
import { seedDemoPeople } from './demo-people'

let catalog: TestCatalog
let folder: string
beforeAll(async () => {
  catalog = await startCatalog()
  folder = await mkdtemp(path.join(tmpdir(), 'homeport-people-'))
})
afterAll(async () => {
  await catalog?.stop()
  await rm(folder, { recursive: true, force: true })
})

const seed = (file: string) =>
  seedDemoPeople({ db: catalog.db, clock: systemClock, secret: 's'.repeat(40), servedFrom: 'eu-west-1' }, { file })

test('five people, one a role, are made once and kept where only the owner can read', async () => {
  const file = path.join(folder, 'people.json')
  const first = await seed(file)
  expect(first.map(({ role }) => role).sort()).toEqual([...roles].sort())
  expect(new Set(first.map(({ password }) => password)).size).toBe(5)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await seed(file), 'a second start').toEqual(first)
  expect(await catalog.db.person.count()).toBe(5)
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(first)

  const accounts = await catalog.db.account.findMany()
  for (const { password } of first) expect(JSON.stringify(accounts)).not.toContain(password)
})

test('a start that died after writing the file makes the people it names', async () => {
  const file = path.join(folder, 'again.json')
  const kept = (await seed(path.join(folder, 'people.json'))).map((person) => ({
    ...person,
    email: `again-${person.email}`,
  }))
  await writeFile(file, JSON.stringify(kept))
  await seed(file)
  expect(await catalog.db.person.count({ where: { email: { startsWith: 'again-' } } })).toBe(5)
})
