#!/usr/bin/env node
// Drop-in for Prisma's native schema-engine binary: same JSON-RPC over stdio, served by
// the official @prisma/schema-engine-wasm through @prisma/adapter-pg. Everything it needs
// comes from the npm registry, so `prisma migrate ...` works where binaries.prisma.sh does not.
// Use: PRISMA_SCHEMA_ENGINE_BINARY=$PWD/prisma/tools/schema-engine.mjs npx prisma migrate deploy
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import readline from 'node:readline'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import * as bg from '@prisma/schema-engine-wasm/schema_engine_bg'
import pg from 'pg'

const bgPath = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
const wasmFile = path.join(path.dirname(bgPath), 'schema_engine_bg.wasm')
const { instance } = await WebAssembly.instantiate(fs.readFileSync(wasmFile), { './schema_engine_bg.js': bg })
bg.__wbg_set_wasm(instance.exports)
instance.exports.__wbindgen_start()

const argv = process.argv.slice(2)
const log = (level, message, extra = {}) =>
  process.stderr.write(
    `${JSON.stringify({ timestamp: new Date().toISOString(), level, fields: { message, ...extra }, target: 'schema_engine::logger' })}\n`,
  )
if (argv[0] === '--version' || argv[0] === '-V') {
  console.log(`schema-engine-wasm ${bg.version()}`)
  process.exit(0)
}

function urlFrom(ds) {
  const d = typeof ds === 'string' && ds.startsWith('{') ? JSON.parse(ds) : { url: ds }
  return d
}
function maint(u) {
  const x = new URL(u)
  const db = decodeURIComponent(x.pathname.slice(1)) || 'postgres'
  x.pathname = '/postgres'
  x.search = ''
  return { db, admin: x.toString() }
}
async function createDb(u) {
  const { db, admin } = maint(u)
  const c = new pg.Client({ connectionString: admin })
  await c.connect()
  try {
    await c.query(`CREATE DATABASE ${pg.escapeIdentifier(db)}`)
  } catch (e) {
    if (e.code !== '42P04') throw e
  } finally {
    await c.end()
  }
  return db
}
async function dropDb(u) {
  const { db, admin } = maint(u)
  const c = new pg.Client({ connectionString: admin })
  await c.connect()
  try {
    await c.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(db)} WITH (FORCE)`)
  } finally {
    await c.end()
  }
}

// ---- one-shot form: `schema-engine --datasource JSON cli can-connect-to-database|create-database|drop-database`
const cliAt = argv.indexOf('cli')
if (cliAt >= 0) {
  const { url } = urlFrom(argv[argv.indexOf('--datasource') + 1])
  const cmd = argv[cliAt + 1]
  process.stderr.write('schema-engine-wasm\n') // the Prisma CLI skips the first stderr line
  try {
    if (cmd === 'create-database') await createDb(url)
    else if (cmd === 'drop-database') await dropDb(url)
    else {
      const c = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 })
      await c.connect()
      await c.query('select 1')
      await c.end()
    }
    process.exit(0)
  } catch (e) {
    const code = e.code === '3D000' ? 'P1003' : e.code === '28P01' ? 'P1000' : 'P1001'
    log('ERROR', e.message || String(e), { is_panic: false, error_code: code, meta: {} })
    process.exit(1)
  }
}

// ---- JSON-RPC server
const datamodels = []
let datasource = {}
for (let i = 0; i < argv.length; i++) {
  if (argv[i] === '--datamodels') {
    const p = argv[++i]
    datamodels.push([p, fs.readFileSync(p, 'utf8')])
  } else if (argv[i] === '--datasource') datasource = urlFrom(argv[++i])
}
const DUMMY = 'postgresql://nobody@127.0.0.1:1/none'
const u = new URL(datasource.url ?? DUMMY)
const schema = u.searchParams.get('schema') ?? undefined // Prisma-only parameter, not a libpq one
for (const k of ['schema', 'connection_limit', 'pool_timeout', 'pgbouncer']) u.searchParams.delete(k)

// @prisma/adapter-pg is written for queries, not for migrations. Four repairs:
//  1. "char" (oid 18, all over pg_catalog) is unknown to it            (prisma/orm#27403)
//  2. executeScript() splits on ';' and so cuts function bodies in half -> send the script whole
//  3. connectToShadowDb() merges {connectionString, database}; pg lets the connectionString win,
//     so the "shadow" would be the REAL database -> put the name into the URL
//  4. it drops the shadow database while still connected to it         -> WITH (FORCE), after end()
const CHAR = 18,
  TEXT = 25,
  CHARACTER = ColumnTypeEnum.Character
function repair(q) {
  const marks = new WeakMap()
  const io = q.performIO.bind(q),
    raw = q.queryRaw.bind(q)
  q.performIO = async (x) => {
    const r = await io(x)
    const idx = []
    r.fields?.forEach((f, i) => {
      if (f.dataTypeID === CHAR) {
        f.dataTypeID = TEXT
        idx.push(i)
      } else if (f.dataTypeID < 16384 && !KNOWN.has(f.dataTypeID)) f.dataTypeID = TEXT
    })
    if (idx.length) marks.set(r.rows, idx)
    return r
  }
  q.queryRaw = async (x) => {
    const r = await raw(x)
    for (const i of marks.get(r.rows) ?? []) r.columnTypes[i] = CHARACTER
    return r
  }
  if (q.startTransaction) {
    const st = q.startTransaction.bind(q)
    q.startTransaction = async (l) => repair(await st(l))
  }
  q.executeScript = async (script) => {
    try {
      await q.client.query(script)
    } catch (e) {
      q.onError(e)
    }
  }
  return q
}
const KNOWN = new Set([
  16, 17, 18, 19, 20, 21, 23, 25, 26, 114, 142, 650, 700, 701, 790, 869, 1042, 1043, 1082, 1083, 1114, 1184, 1266, 1560,
  1562, 1700, 2950, 3802, 143, 199, 651, 791, 1000, 1001, 1002, 1003, 1005, 1007, 1009, 1014, 1015, 1016, 1021, 1022,
  1028, 1041, 1115, 1182, 1183, 1185, 1231, 1270, 1561, 1563, 2951, 3807,
])
class Factory extends PrismaPg {
  async connect() {
    return repair(await super.connect())
  }
  async connectToShadowDb() {
    if (datasource.shadowDatabaseUrl)
      return repair(await new PrismaPg({ connectionString: datasource.shadowDatabaseUrl }, { schema }).connect())
    const name = `prisma_migrate_shadow_db_${crypto.randomUUID()}`
    await createDb(Object.assign(new URL(u), { pathname: `/${name}` }).toString())
    const a = repair(
      await new PrismaPg(
        { connectionString: Object.assign(new URL(u), { pathname: `/${name}` }).toString() },
        { schema },
      ).connect(),
    )
    const end = a.dispose.bind(a)
    a.dispose = async () => {
      await end()
      await dropDb(Object.assign(new URL(u), { pathname: `/${name}` }).toString())
    }
    return a
  }
}
const bound = bindMigrationAwareSqlAdapterFactory(new Factory({ connectionString: u.toString(), max: 1 }, { schema }))
let engine
const getEngine = async () =>
  (engine ??= await bg.SchemaEngine.new(
    { datamodels: datamodels.length ? datamodels : undefined },
    (l) => process.env.SE_DEBUG && log('DEBUG', String(l)),
    bound,
  ))
const send = (o) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...o })}\n`)
const alias = { getDatabaseVersion: 'version' }
async function handle({ id, method, params }) {
  try {
    if (method === 'createDatabase') {
      const name = await createDb(datasource.url)
      return send({ id, result: { databaseName: name } })
    }
    const e = await getEngine()
    const r = await e[alias[method] ?? method](params ?? {})
    if (method === 'diff' && r?.stdout != null)
      send({ id: 900000 + id, method: 'print', params: { content: r.stdout.replace(/\n$/, '') } })
    send({ id, result: r ?? null })
  } catch (err) {
    let known
    const errs = bound.errorRegistry
    const m = /external error \(reported as (\d+)\)|ExternalError.*?(\d+)/i.exec(String(err?.message ?? err))
    if (m && errs) {
      const c = errs.consumeError(Number(m[1] ?? m[2]))
      if (c) known = c.error
    }
    const msg = known?.message ?? err?.message ?? String(err)
    send({
      id,
      error: {
        code: 4466,
        message: 'An error happened. Check the data field for details.',
        data: { is_panic: false, message: msg, error_code: err?.code ?? null, meta: null },
      },
    })
  }
}
let chain = Promise.resolve()
const rl = readline.createInterface({ input: process.stdin })
rl.on('line', (line) => {
  if (!line.trim()) return
  const m = JSON.parse(line)
  if (m.method) chain = chain.then(() => handle(m))
})
rl.on('close', () => chain.finally(() => process.exit(0)))
