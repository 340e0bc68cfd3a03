import { type Browser, type BrowserContext, test as base, expect, type Page } from '@playwright/test'
import type { Role } from '@/model/permissions'
import { type Api, createApi } from './api'
import type { DemoPerson } from './estate'
import { createSessions, findPerson, type RunningConsole, type StorageState } from './sign-in'

export { expect }

export const desktop = { width: 1440, height: 900 }
export const phone = { width: 390, height: 844 }

export type Visit = { viewport?: { width: number; height: number }; theme?: 'dark' | 'light'; calm?: boolean }

type WorkerFixtures = {
  estate: RunningConsole
  sessionOf: (role: Role) => Promise<StorageState>
}
type Fixtures = {
  /** What the browser may say on its console in this test: a refused call is told there by the browser itself. */
  tolerated: readonly RegExp[]
  /** A window of the browser for somebody: closed, and its requests and console judged, when the test ends. */
  open: (state: StorageState | undefined, visit?: Visit) => Promise<BrowserContext>
  asRole: (role: Role, visit?: Visit) => Promise<Page>
  asNobody: (visit?: Visit) => Promise<Page>
  personOf: (role: Role) => Promise<DemoPerson>
  apiOf: (role: Role) => Promise<Api>
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  estate: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures off the pattern.
    async ({}, use) => {
      const { HOMEPORT_URL: url, HOMEPORT_DATA_DIR: dataDir } = process.env
      if (!url || !dataDir)
        throw new Error('Run the browser tests by `npm run e2e`: it starts the estate they look at.')
      await use({ url, dataDir })
    },
    { scope: 'worker' },
  ],
  sessionOf: [async ({ estate }, use) => use(createSessions(estate)), { scope: 'worker' }],
  tolerated: [[], { option: true }],
  open: async ({ browser, estate, tolerated }, use) => {
    const contexts: BrowserContext[] = []
    const faults: string[] = []
    await use(async (state, visit = {}) => {
      const context = await newContext(browser, estate.url, state, visit)
      watch(context, { url: estate.url, tolerated, onFault: (fault) => faults.push(fault) })
      contexts.push(context)
      return context
    })
    for (const context of contexts) await context.close()
    expect(faults, 'errors on the console, and requests to other hosts').toEqual([])
  },
  asRole: async ({ open, sessionOf }, use) =>
    use(async (role, visit) => (await open(await sessionOf(role), visit)).newPage()),
  asNobody: async ({ open }, use) => use(async (visit) => (await open(undefined, visit)).newPage()),
  personOf: async ({ estate }, use) => use((role) => findPerson(estate.dataDir, role)),
  apiOf: async ({ estate, sessionOf }, use) => use(async (role) => createApi(estate.url, await sessionOf(role))),
})

function newContext(browser: Browser, url: string, storageState: StorageState | undefined, visit: Visit) {
  const { viewport = desktop, theme = 'dark', calm = false } = visit
  return browser.newContext({
    baseURL: url,
    storageState,
    viewport,
    colorScheme: theme,
    reducedMotion: calm ? 'reduce' : 'no-preference',
    hasTouch: viewport.width < 768,
    isMobile: viewport.width < 768,
    timezoneId: 'Europe/Berlin',
    acceptDownloads: true,
  })
}

type Watch = { url: string; tolerated: readonly RegExp[]; onFault: (fault: string) => void }

/** No page may talk to another host, throw, or complain: a violated content security policy is a complaint too. */
function watch(context: BrowserContext, { url, tolerated, onFault }: Watch): void {
  const { host } = new URL(url)
  context.on('request', (request) => {
    const target = new URL(request.url())
    const leaves = /^(https?|wss?):$/.test(target.protocol) && target.host !== host
    if (leaves) onFault(`request to ${target.host}: ${request.url()}`)
  })
  context.on('weberror', (error) => onFault(`uncaught: ${error.error().message}`))
  context.on('console', (message) => {
    const text = message.text()
    if (message.type() === 'error' && !tolerated.some((pattern) => pattern.test(text)))
      onFault(`console: ${text} (${message.location().url})`)
  })
}
