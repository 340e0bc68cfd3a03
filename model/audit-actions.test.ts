import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { auditActions, describeAudit } from './audit-actions'

const page = readFileSync(path.join(import.meta.dirname, '../docs/audit-events.md'), 'utf8')

test('docs/audit-events.md lists exactly the actions that exist', () => {
  const documented = [...page.matchAll(/^\| `([a-z.-]+)` \|/gm)].map((match) => match[1])
  expect(documented).toEqual(Object.keys(auditActions).sort())
})

test.each(Object.keys(auditActions))('%s reads as a sentence even when its details are missing', (action) => {
  expect(describeAudit(action, {})).toMatch(/^[A-Z\u2018].*[.:a-z]$/)
})

test('an action of a later version is shown by its name', () => {
  expect(describeAudit('tenant.teleported', {})).toBe('tenant.teleported')
})
