import { expect, test } from 'vitest'
import { outagePage } from './outage-page'

const since = new Date('2026-11-20T03:07:41.250Z')

test('the page says what is away, since when and from where, what goes on and what can be done', () => {
  const page = outagePage({ since, servedFrom: 'eu-west-1', retryPath: '/overview' })
  expect(page).toContain('<h1><span aria-hidden="true">▨</span> The catalog cannot be reached</h1>')
  expect(page).toContain('2026-11-20 03:07:41Z</time> (UTC), as seen from the console in eu-west-1.')
  expect(page).toContain('The cells keep serving')
  expect(page).toContain('href="/overview">Try again</a>')
  expect(page).not.toMatch(/<script|https?:/)
})

test('an address that somebody made up is text and leads nowhere else', () => {
  const page = outagePage({ since, servedFrom: null, retryPath: '/audit?scope="><script>alert(1)</script>' })
  expect(page).not.toContain('<script')
  expect(page).toContain('href="/audit?scope=&quot;&gt;&lt;script&gt;')
})
