import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { paths } from '@/model/paths'

const examples = {
  region: 'eu-west-1',
  id: '0190f000-0000-7000-8000-000000000001',
  cell: 'sin',
  correlation: 'c',
  code: 'F-41',
}

/** Every link of the console leads to a page: the folder of the App Router that serves it exists. */
test.each(Object.entries(paths))('paths.%s has a page', (_, makePath) => {
  const url = (makePath as (params: typeof examples) => string)(examples).split('?')[0]!
  const segments = url.split('/').filter(Boolean)
  expect(findPage([...segments]), url).not.toBeNull()
})

function findPage(segments: readonly string[], folder = import.meta.dirname): string | null {
  const [segment, ...rest] = segments
  if (segment === undefined) {
    const page = path.join(folder, 'page.tsx')
    if (existsSync(page)) return page
  }
  const groups = ['(console)', '(auth)'].map((group) => path.join(folder, group)).filter(existsSync)
  for (const group of groups) {
    const found = findPage(segments, group)
    if (found) return found
  }
  if (segment === undefined) return null
  for (const name of [segment, '[id]', '[region]', '[code]']) {
    const next = path.join(folder, name)
    const found = existsSync(next) ? findPage(rest, next) : null
    if (found) return found
  }
  return null
}
