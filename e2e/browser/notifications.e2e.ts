import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { paths } from '@/model/paths'
import { whoMay } from '@/model/permissions'
import { expectAccessible, expectNoSidewaysScroll } from '../support/expect-accessible'
import { desktop, expect, phone, test } from '../support/fixtures'
import { requestSwitchover, withdrawWhatWaits } from '../support/scenes'
import { signInByPage } from '../support/sign-in'

const CELL = 'iad'

/** A receiver on this machine, whose answer a test can change. */
type Hook = { url: string; heard: string[]; answer: number; stop(): Promise<void> }
const hooks: Hook[] = []

async function startHook(): Promise<Hook> {
  const server: Server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      hook.heard.push(body)
      response.writeHead(hook.answer).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const hook: Hook = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/t0ken`,
    heard: [],
    answer: 200,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
  hooks.push(hook)
  return hook
}

test.afterEach('no channel is told anything any more', async ({ apiOf }) => {
  const admin = await apiOf('admin')
  for (const { id, disabledAt } of await admin.notifications.channels.query({}))
    if (!disabledAt) await admin.notifications.disable.mutate({ id })
  await Promise.all(hooks.splice(0).map((hook) => hook.stop()))
})

for (const [viewport, theme] of [
  [phone, 'dark'],
  [desktop, 'light'],
] as const)
  test(`an admin adds a channel, tests it, sees it fail and disables it, at ${viewport.width}`, async ({ asRole }) => {
    const hook = await startHook()
    const name = `Pager ${viewport.width} ${Date.now()}`
    const admin = await asRole('admin', { viewport, theme })
    await admin.goto(paths.notifications())
    await admin.getByRole('button', { name: 'Add a channel' }).click()
    const dialog = admin.getByRole('dialog', { name: 'Add a channel' })
    await expect(dialog.getByRole('button', { name: 'Add channel' })).toBeDisabled()
    await dialog.getByRole('textbox', { name: 'Name' }).fill(name)
    await dialog.getByRole('textbox', { name: 'URL' }).fill(hook.url)
    await dialog.getByRole('checkbox', { name: 'A critical alert' }).check()
    await expectAccessible(admin)
    await dialog.getByRole('button', { name: 'Add channel' }).click()
    await expect(dialog).toBeHidden()
    const row = admin.getByRole('list', { name: 'Channels' }).getByRole('listitem').filter({ hasText: name })
    await expect(row).toContainText('Never used')
    await expect(row, 'the path may hold a credential').not.toContainText('t0ken')

    await row.getByRole('button', { name: `Send a test to ${name}` }).click()
    await expect(row.getByRole('status')).toContainText('The test arrived in')
    await expect(row).toContainText('Delivering')
    expect(hook.heard[0]).toContain('[DEMO] This is a test')
    hook.answer = 500
    await row.getByRole('button', { name: `Send a test to ${name}` }).click()
    await expect(row.getByRole('status')).toContainText('The test did not arrive. It answered 500.')
    await expect(row).toContainText('Failing')
    await expect(admin.getByRole('table', { name: 'Deliveries' })).toContainText('It answered 500.')
    await expectAccessible(admin)
    await expectNoSidewaysScroll(admin, viewport.width)

    await row.getByRole('button', { name: `Disable ${name}` }).click()
    await admin.getByRole('button', { name: 'Disable channel' }).click()
    await expect(row).toContainText('Disabled: enable it first.')
  })

test('a viewer sees whether channels work, and may change none', async ({ asRole, apiOf }) => {
  const hook = await startHook()
  const admin = await apiOf('admin')
  const name = `Pager ${Date.now()}`
  await admin.notifications.add.mutate({ name, kind: 'webhook', target: hook.url, secretRef: null, topics: [] })
  const viewer = await asRole('viewer')
  await viewer.goto(paths.notifications())
  for (const button of ['Add a channel', `Send a test to ${name}`, `Edit ${name}`, `Disable ${name}`]) {
    await expect(viewer.getByRole('button', { name: button })).toBeDisabled()
    await expect(viewer.getByRole('button', { name: button })).toHaveAccessibleDescription(
      whoMay('notification:manage'),
    )
  }
})

test.describe('a short link', () => {
  test.use({ tolerated: [/the server responded with a status of 404/] })

  test('leads through signing in to what the code stands for', async ({ asNobody, apiOf, personOf }) => {
    const operator = await apiOf('operator')
    await withdrawWhatWaits(operator, CELL)
    const { id: requestId } = await requestSwitchover(operator, CELL)
    const { code } = await operator.requests.get.query({ id: requestId })
    const page = await asNobody({ viewport: phone })
    await page.goto(paths.shortLink({ code: code.toLowerCase() }))
    await signInByPage(page, await personOf('viewer'))
    await expect(page).toHaveURL(new RegExp(`${paths.approval({ id: requestId })}$`))
    await withdrawWhatWaits(operator, CELL)
    await page.goto(paths.shortLink({ code }))
    await expect(page, 'what was decided is shown as decided').toHaveURL(new RegExp(`/approvals/${requestId}$`))
    await expect(page.getByText(/withdrawn/i).first()).toBeVisible()
  })

  for (const code of ['F-999999', 'not-a-code', '..%2f..%2faudit'])
    test(`of nothing (${code}) tells nothing`, async ({ asRole }) => {
      const viewer = await asRole('viewer')
      await viewer.goto(paths.shortLink({ code }))
      await expect(viewer.getByText('It does not exist, or you may not see it.')).toBeVisible()
    })
})
