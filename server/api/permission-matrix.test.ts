import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { permissions, roles, rolesMay, steppedUpProcedures } from '@/model/permissions'
import { openApiDocument } from './openapi'
import { listProcedures } from './procedures'

const golden = path.join(import.meta.dirname, 'permission-matrix.golden.txt')
const procedures = listProcedures()

describe('every procedure', () => {
  test.each(procedures)('$path has a permission of the table', ({ permission }) => {
    expect(Object.keys(permissions)).toContain(permission)
  })

  test.each(steppedUpProcedures)('%s, which asks for a second factor, exists', (path) => {
    expect(procedures.map((procedure) => procedure.path)).toContain(path)
  })

  test.each(procedures.filter(({ type }) => type !== 'subscription'))('$path is served as REST', ({ rest }) => {
    expect(rest).toMatch(/^(GET|POST) \//)
    const [method, address] = rest!.split(' ') as [string, string]
    expect(openApiDocument().paths?.[address]?.[method.toLowerCase() as 'get' | 'post']).toBeDefined()
  })

  test.each(procedures)('$path changes nothing by GET', ({ type, rest }) => {
    if (type === 'mutation') expect(rest).toMatch(/^POST /)
    else if (rest) expect(rest).toMatch(/^GET /)
  })
})

/** To accept a change on purpose: npx vitest run -u server/api/permission-matrix.test.ts, and read the difference. */
test('who may call what is as written down', async () => {
  await expect(printMatrix()).toMatchFileSnapshot(golden)
})

function printMatrix(): string {
  const columns = [...roles, 'service'] as const
  const width = Math.max(...procedures.map(({ path: name }) => name.length)) + 2
  const header = `${'procedure'.padEnd(width)}${'permission'.padEnd(20)}${columns.map((role) => role.padEnd(12)).join('')}second factor`
  const rows = procedures.map(({ path: name, permission }) => {
    const cells = columns.map((role) => (rolesMay([role], permission) ? 'yes' : '-').padEnd(12)).join('')
    const proof = steppedUpProcedures.includes(name) ? 'again' : '-'
    return `${name.padEnd(width)}${permission.padEnd(20)}${cells}${proof}`
  })
  return `${[header, ...rows].map((line) => line.trimEnd()).join('\n')}\n`
}
