import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'

/** What the web process is built from. */
const sources = [
  'app',
  'components',
  'model',
  'server',
  'prisma/schema.prisma',
  'package-lock.json',
  'next.config.ts',
  'instrumentation.ts',
  'proxy.ts',
  'postcss.config.mjs',
  'tsconfig.json',
]

/** SHA-256 of the names and contents of every source below `root`, in hex; tests and generated code do not count. */
export async function hashSources(root: string): Promise<string> {
  const hash = createHash('sha256')
  for (const source of sources)
    for (const file of await filesUnder(path.join(root, source)))
      if (!/\.test\.tsx?$/.test(file))
        hash
          .update(path.relative(root, file))
          .update('\0')
          .update(await readFile(file))
          .update('\0')
  return hash.digest('hex')
}

async function filesUnder(place: string): Promise<string[]> {
  const info = await stat(place).catch(() => null)
  if (!info) return []
  if (info.isFile()) return [place]
  const entries = await readdir(place, { withFileTypes: true })
  const kept = entries.filter((entry) => entry.name !== 'generated')
  const nested = await Promise.all(kept.map((entry) => filesUnder(path.join(place, entry.name))))
  return nested.flat().sort()
}
