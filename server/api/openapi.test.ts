import { expect, test } from 'vitest'
import { whoMay } from '@/model/permissions'
import { openApiDocument } from './openapi'
import { listProcedures } from './procedures'

const document = openApiDocument()
const operations = listProcedures().flatMap(({ path, type, permission, rest }) => {
  if (!rest) return []
  const [method, address] = rest.split(' ') as [string, string]
  const operation = document.paths?.[address]?.[method.toLowerCase() as 'get' | 'post']
  return [{ path, type, permission, operation }]
})

test.each(operations)('$path says what it does, who may call it, and how it fails', (described) => {
  const { type, permission, operation } = described
  expect(operation?.summary).toMatch(/^[A-Z][^.]{8,70}$/)
  expect(operation?.description).toBe(whoMay(permission))
  const expected = type === 'mutation' ? ['404', '409', '412', '413', '415', '428', '429', '503'] : ['404', '503']
  expect(Object.keys(operation?.responses ?? {})).toEqual(expect.arrayContaining(['400', '401', '403', ...expected]))
})

test('no two operations have the same summary', () => {
  const summaries = operations.map(({ operation }) => operation?.summary)
  expect(new Set(summaries).size).toBe(operations.length)
})

test('every declared failure has the fields that the description promises', () => {
  const failures = Object.entries(document.components?.schemas ?? {}).filter(([name]) => name.startsWith('error.'))
  expect(failures.length).toBeGreaterThan(8)
  for (const [name, schema] of failures)
    expect(schema, name).toMatchObject({
      required: expect.arrayContaining(['message', 'code', 'data']),
      properties: { data: { required: ['says', 'requestId'] } },
    })
})
