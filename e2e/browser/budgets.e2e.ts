import type { BrowserContext, Page } from '@playwright/test'
import { paths } from '@/model/paths'
import { expect, test } from '../support/fixtures'
import { someDoneSwitchover } from '../support/scenes'

const KB = 1_000
/** A build may grow by this much over its cap before it fails, so that a patch release does not stop everybody. */
const TOLERANCE = 1.05
const STYLES_KB_MAX = 30
const FONTS_KB_MAX = 60
/** Compressed script in kB. The decision page weighs what the others weigh: docs/decisions/0008. */
const caps = { decision: 230, overview: 230, charts: 330, tables: 230 } as const

type Weight = { scriptsKb: number; stylesKb: number; fontsKb: number; documentKb: number; requests: number }

const weights: (Weight & { page: string; capKb: number })[] = []

const budgets = [
  { page: '/approvals/[id]', capKb: caps.decision },
  { page: '/overview', capKb: caps.overview, path: paths.overview() },
  { page: '/network', capKb: caps.charts, path: paths.network() },
  { page: '/replication', capKb: caps.charts, path: paths.replication() },
  { page: '/regions/[r]', capKb: caps.tables, path: paths.region({ region: 'eu-central-1' }) },
  { page: '/dr/failover/new', capKb: caps.tables, path: paths.newFailover() },
  { page: '/operations', capKb: caps.tables, path: paths.operations() },
  { page: '/operations/[id]', capKb: caps.tables },
  { page: '/approvals', capKb: caps.tables, path: paths.approvals() },
  { page: '/audit', capKb: caps.tables, path: paths.audit() },
  { page: '/status', capKb: caps.tables, path: paths.status() },
]

for (const { page, capKb, path } of budgets)
  test(`${page} loads at most ${capKb} kB of scripts`, async ({ open, sessionOf, apiOf, personOf }) => {
    const { operationId, requestId } = await someDoneSwitchover({ apiOf, personOf }, 'sin')
    const withId = page.startsWith('/approvals')
      ? paths.approval({ id: requestId })
      : paths.operation({ id: operationId })
    const weight = await weigh(await open(await sessionOf('operator')), path ?? withId)
    weights.push({ page, capKb, ...weight })
    expect.soft(weight.scriptsKb, 'kB of scripts').toBeLessThanOrEqual(capKb * TOLERANCE)
    expect.soft(weight.stylesKb, 'kB of styles').toBeLessThanOrEqual(STYLES_KB_MAX * TOLERANCE)
    expect.soft(weight.fontsKb, 'kB of fonts').toBeLessThanOrEqual(FONTS_KB_MAX * TOLERANCE)
  })

test.afterAll(() => console.table(weights))

/** What came over the wire, compressed, until the page is live and nothing more is under way. */
async function weigh(context: BrowserContext, path: string): Promise<Weight> {
  const page = await context.newPage()
  const bytesOf = await countBytes(page)
  await page.goto(path, { waitUntil: 'load' })
  await expect(page.getByRole('button', { name: 'Live: pause updates' })).toBeVisible()
  await expect.poll(() => bytesOf.pending(), { message: 'requests under way besides the stream' }).toBe(0)
  const { Script = 0, Stylesheet = 0, Font = 0, Document = 0 } = bytesOf.byType()
  const kb = (bytes: number) => Math.round(bytes / KB)
  return {
    scriptsKb: kb(Script),
    stylesKb: kb(Stylesheet),
    fontsKb: kb(Font),
    documentKb: kb(Document),
    requests: bytesOf.count(),
  }
}

async function countBytes(page: Page) {
  const session = await page.context().newCDPSession(page)
  const types = new Map<string, string>()
  const under = new Set<string>()
  const bytes: Record<string, number> = {}
  session.on('Network.requestWillBeSent', ({ requestId, type = 'Other', request }) => {
    types.set(requestId, type)
    if (type !== 'EventSource' && !request.url.includes('live.follow')) under.add(requestId)
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const type = types.get(requestId) ?? 'Other'
    bytes[type] = (bytes[type] ?? 0) + encodedDataLength
    under.delete(requestId)
  })
  session.on('Network.loadingFailed', ({ requestId }) => under.delete(requestId))
  await session.send('Network.enable')
  return { byType: () => bytes, pending: () => under.size, count: () => types.size }
}
