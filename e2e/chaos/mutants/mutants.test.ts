import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { mutants } from './mutants'

/** A bug that is planted nowhere is not caught by anybody: whoever changes the code that it changes is told here, not an hour later. */
const planted = mutants.flatMap(({ name, source = [] }) => source.map((patch) => ({ name, ...patch })))

test.each(planted)('$name is planted in one place of $file', async ({ file, from, to }) => {
  const text = await readFile(file, 'utf8')
  expect(text.split(from)).toHaveLength(2)
  expect(to).not.toBe(from)
})
