#!/usr/bin/env node
// `prisma migrate deploy` for a production image without the Prisma CLI (saves ~300 MB): same engine, same
// _prisma_migrations rows, same advisory lock.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import readline from 'node:readline'

const url = process.env.DATABASE_URL
if (!url) throw new Error('DATABASE_URL is not set')
const here = import.meta.dirname
const baseDir = path.resolve(process.argv[2] ?? path.join(here, '../migrations'))
const read = (f) => fs.readFileSync(path.join(baseDir, f), 'utf8')
const migrationDirectories = fs
  .readdirSync(baseDir, { withFileTypes: true })
  .filter((d) => d.isDirectory())
  .map((d) => d.name)
  .sort()
  .map((name) => ({
    path: name,
    migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: read(`${name}/migration.sql`) } },
  }))
const child = spawn(
  process.execPath,
  [
    path.join(here, 'schema-engine.mjs'),
    '--datamodels',
    path.join(baseDir, '../schema.prisma'),
    '--datasource',
    JSON.stringify({ url }),
  ],
  { stdio: ['pipe', 'pipe', 'inherit'] },
)
let id = 0
const waiting = new Map()
const rl = readline.createInterface({ input: child.stdout })
rl.on('line', (l) => {
  const m = JSON.parse(l)
  waiting.get(m.id)?.(m)
})
const call = (method, params) =>
  new Promise((ok, no) => {
    const n = ++id
    waiting.set(n, (m) => (m.error ? no(new Error(m.error.data?.message ?? m.error.message)) : ok(m.result)))
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: n, method, params })}\n`)
  })
try {
  await call('createDatabase', { datasource: { tag: 'ConnectionString', url } })
  const { appliedMigrationNames } = await call('applyMigrations', {
    migrationsList: {
      baseDir,
      lockfile: { path: 'migration_lock.toml', content: read('migration_lock.toml') },
      shadowDbInitScript: '',
      migrationDirectories,
    },
    filters: { externalTables: [], externalEnums: [] },
  })
  console.log(appliedMigrationNames.length ? `applied: ${appliedMigrationNames.join(', ')}` : 'nothing to apply')
} catch (e) {
  console.error(e.message)
  process.exitCode = 1
} finally {
  child.stdin.end()
}
