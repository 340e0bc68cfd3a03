import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { findings } from './findings'

const page = readFileSync(path.join(import.meta.dirname, '../docs/failure-modes.md'), 'utf8')
const sections = page.split(/^## /m).slice(1)

test('every finding has a section in docs/failure-modes.md, and every section a finding', () => {
  expect(sections.map((section) => section.split('\n')[0])).toEqual(Object.keys(findings))
})

test.each(sections.map((section) => [section.split('\n')[0], section] as const))(
  '%s says its cause, its judgement, the way out and its test',
  (_, section) => {
    for (const part of ['Cause', 'Judged', 'Do', 'Test']) expect(section).toContain(`**${part}.**`)
  },
)
