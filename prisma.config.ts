import path from 'node:path'
import { defineConfig } from 'prisma/config'

// Prisma's CLI wants to download a native schema engine. The official WASM build of the same engine, which is on the
// npm registry, stands in for it (docs/decisions/0002): every `prisma` command then works without a download.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= path.join(import.meta.dirname, 'prisma/tools/schema-engine.mjs')
process.env.CHECKPOINT_DISABLE ??= '1' // no telemetry, no update check

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://homeport@127.0.0.1:5432/homeport' },
})
