// Preloaded (`node --import`) by every command that talks to the catalog: a fresh clone has no generated client yet, and a
// changed schema has an old one. Generating takes about a second and needs no network.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')
const stampFile = path.join(root, 'server/db/generated/.schema-sha256')
const GENERATE_TIMEOUT_MS = 60_000

const schemaHash = createHash('sha256')
  .update(readFileSync(path.join(root, 'prisma/schema.prisma')))
  .digest('hex')

function generatedHash() {
  try {
    return readFileSync(stampFile, 'utf8')
  } catch {
    return null
  }
}

if (generatedHash() !== schemaHash) {
  execFileSync(process.execPath, [path.join(root, 'node_modules/prisma/build/index.js'), 'generate'], {
    cwd: root,
    env: { ...process.env, CHECKPOINT_DISABLE: '1' },
    stdio: 'pipe', // what it says is part of the error, should it fail
    timeout: GENERATE_TIMEOUT_MS,
  })
  writeFileSync(stampFile, schemaHash)
}
