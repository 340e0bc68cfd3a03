import type { Page } from '@playwright/test'
import { paths } from '@/model/paths'
import { type Api, refusalOf } from '../support/api'
import { runOnCatalog } from '../support/catalog'
import { confirmUntilTaken, proveAgain, refusedForNow } from '../support/deciding'
import { expectInFirstScreen } from '../support/expect-parts'
import { desktop, expect, phone, test } from '../support/fixtures'
import { orderOf, requestSwitchover, withdrawWhatWaits } from '../support/scenes'
import { untilDone } from '../support/until'

const CELL = 'syd'
const SUPERSEDED_WITHIN_MS = 15_000
const SCENE_TIMEOUT_MS = 200_000

const numbersOf = (page: Page, pause = 'Write pause, estimated') =>
  ['Tenants affected', 'Data loss', pause, 'Residency'].map((name) => page.getByText(name, { exact: true }))
const approveOn = (page: Page) => page.getByRole('button', { name: 'Approve', exact: true })
const rejectOn = (page: Page) => page.getByRole('button', { name: 'Reject', exact: true })

test.beforeEach(async ({ apiOf }) => withdrawWhatWaits(await apiOf('operator'), CELL))
test.afterEach(async ({ apiOf }) => withdrawWhatWaits(await apiOf('operator'), CELL))

for (const viewport of [phone, desktop])
  test.describe(`the card at ${viewport.width}`, () => {
    test('shows verb, expiry, four numbers and both buttons on the first screen', async ({ asRole, apiOf }) => {
      const { id } = await requestSwitchover(await apiOf('operator'), CELL)
      const manager = await asRole('approver', { viewport })
      await manager.goto(paths.approval({ id }))
      const verb = manager.getByRole('heading', { level: 1, name: /^Planned switchover of/ })
      await expectInFirstScreen(manager, [
        verb,
        manager.getByText(/^Expires/),
        ...numbersOf(manager),
        rejectOn(manager),
        approveOn(manager),
      ])
      const ground = manager.locator('p').filter({ hasText: /Nothing is promoted before/ })
      await expect(ground).toBeVisible()
      await expect
        .poll(() => ground.evaluate((part) => part.scrollHeight <= part.clientHeight), {
          message: 'the ground of “Data loss” is read in full',
        })
        .toBe(true)
    })

    test('says who is looking, to everybody, until they stop', async ({ asRole, apiOf }) => {
      const { id } = await requestSwitchover(await apiOf('operator'), CELL)
      const manager = await asRole('approver', { viewport })
      const operator = await asRole('operator', { viewport })
      await manager.goto(paths.approval({ id }))
      await operator.goto(paths.approval({ id }))
      await manager.getByRole('button', { name: 'I’m looking' }).click()
      await expect(operator.getByText('Ana Prietova is looking')).toBeVisible()
      await expect(operator.getByRole('button', { name: 'I’m looking' })).toHaveCount(0)
      await manager.getByRole('button', { name: 'Stop looking' }).click()
      await expect(operator.getByText('Ana Prietova is looking')).toHaveCount(0)
    })

    test('can be decided neither by who asked nor by who only looks, and says why', async ({ asRole, apiOf }) => {
      const { id } = await requestSwitchover(await apiOf('operator'), CELL)
      for (const [role, why] of [
        ['operator', 'You asked for this: another person must decide.'],
        ['viewer', /^Needs the role approver or admin/],
      ] as const) {
        const page = await asRole(role, { viewport })
        await page.goto(paths.approval({ id }))
        await expect(approveOn(page)).toBeDisabled()
        await expect(rejectOn(page)).toBeDisabled()
        await expect(approveOn(page)).toHaveAccessibleDescription(why)
      }
    })

    test('says that it has expired, and takes no decision', async ({ asRole, apiOf, estate }) => {
      const { id, planHash } = await requestSwitchover(await apiOf('operator'), CELL)
      await runOnCatalog(
        estate.dataDir,
        `UPDATE operation_request SET created_at = now() - interval '1 hour', approve_by = now() - interval '1 second' WHERE id = $1`,
        [id],
      )
      const manager = await asRole('approver', { viewport })
      await manager.goto(paths.approval({ id }))
      await expect(manager.getByRole('main').getByText('Expired', { exact: true })).toBeVisible()
      await expect(approveOn(manager)).toHaveCount(0)
      const refusal = await refusalOf(
        (await apiOf('approver')).requests.approve.mutate({ id, planHash, reason: 'Too late' }),
      )
      expect(refusal.says).toMatch(/has expired|older than five minutes|already expired/)
    })

    test('says who decided it meanwhile', async ({ asRole, apiOf }) => {
      const { id, planHash } = await requestSwitchover(await apiOf('operator'), CELL)
      const admin = await asRole('admin', { viewport })
      await admin.goto(paths.approval({ id }))
      await expect(approveOn(admin)).toBeEnabled()
      await (await apiOf('approver')).requests.reject.mutate({ id, planHash, reason: 'Not during the audit' })
      await expect(admin.getByText(/^Rejected by Ana Prietova/)).toContainText('Not during the audit')
      await expect(approveOn(admin)).toHaveCount(0)
    })

    test('is read without JavaScript: the facts, the command, and why nothing can be decided', async ({
      browser,
      sessionOf,
      apiOf,
      estate,
    }) => {
      const { id, planHash } = await requestSwitchover(await apiOf('operator'), CELL)
      const context = await browser.newContext({
        baseURL: estate.url,
        storageState: await sessionOf('approver'),
        viewport,
        javaScriptEnabled: false,
      })
      const page = await context.newPage()
      await page.goto(paths.approval({ id }))
      await expect(page.getByRole('heading', { level: 1 })).toContainText(CELL)
      for (const number of numbersOf(page)) await expect(number).toBeVisible()
      await expect(page.getByText(/^Deciding needs JavaScript/)).toBeVisible()
      await expect(page.getByRole('button', { name: 'I’m looking' })).toBeDisabled()
      const command = page.getByRole('code').filter({ hasText: `homeport.fence_gate('cell:${CELL}'` })
      await expect(command).toBeVisible()
      await expect(page.getByText(planHash.slice(0, 8)).first()).toBeVisible()
      await expect(approveOn(page)).toBeDisabled()
      await expect(rejectOn(page)).toBeDisabled()
      await context.close()
    })
  })

for (const viewport of [phone, desktop])
  test.describe(`a request at ${viewport.width} whose world moves`, () => {
    test.use({ tolerated: [refusedForNow] })

    test('is superseded: the difference, and links both ways', async ({ asRole, apiOf, estate }) => {
      const manager = await asRole('approver', { viewport })
      const difference = manager.getByRole('table', { name: 'Differences between the plan and now' })
      const changedLaw = difference.getByRole('row').filter({ hasText: /^policy / })
      // A standby that lags for a moment lets no fresh plan pass, and a sweep may ask again before anybody does: then from the start.
      await expect(async () => {
        const { id } = await requestSwitchover(await apiOf('operator'), CELL)
        await moveTheLaw(estate.dataDir)
        await manager.goto(paths.approval({ id }))
        await expect(manager.getByText('The world has moved since this plan was made.')).toBeVisible()
        await expect(approveOn(manager)).toBeDisabled()
        await expect(changedLaw.first()).toContainText(/version \d+version \d+/)
        await manager.getByRole('button', { name: 'Ask again now' }).click()
        await manager.waitForURL((url) => url.pathname.startsWith('/approvals/') && !url.pathname.endsWith(id), {
          timeout: SUPERSEDED_WITHIN_MS,
        })
      }).toPass({ timeout: SCENE_TIMEOUT_MS })
      await expect(manager.getByText(/^Asks again what S-\d+ asked/)).toBeVisible()
      await expect(approveOn(manager)).toBeEnabled()
      await manager.getByRole('link', { name: /^Open S-\d+/ }).click()
      await expect(manager.getByText(/^Superseded: S-\d+ asks again/)).toBeVisible()
      await expect(difference).toBeVisible()
      await expect(approveOn(manager)).toHaveCount(0)
      await expect(manager.getByRole('link', { name: /^Read S-\d+ instead/ })).toBeVisible()
    })
  })

/** Every policy that a tenant of the cell lives under is another version now. */
function moveTheLaw(dataDir: string): Promise<void> {
  return runOnCatalog(
    dataDir,
    `UPDATE residency_policy SET version = version + 1 WHERE policy_code IN
       (SELECT residency_policy FROM tenant_region_assignment WHERE cell_id = $1)`,
    [CELL],
  )
}

test.describe('a forced failover', () => {
  test.use({ tolerated: [refusedForNow] })

  for (const viewport of [phone, desktop])
    test(`needs two people, each rule confirmed, at ${viewport.width}`, async ({ asRole, apiOf, personOf }) => {
      await proveAgain(await apiOf('approver'), await personOf('approver'))
      const { id, rules } = await requestForced(await apiOf('operator'))
      const manager = await asRole('approver', { viewport })
      await manager.goto(paths.approval({ id }))
      await expectInFirstScreen(manager, [
        manager.getByRole('heading', { level: 1, name: /^Forced failover of/ }),
        manager.getByText(/^Expires/),
        ...numbersOf(manager, 'Write pause from the approval, estimated'),
        rejectOn(manager),
        approveOn(manager),
      ])
      const overridden = manager.getByRole('region', { name: 'Overridden rules' })
      await expect(overridden.getByRole('listitem')).toHaveCount(rules.length)
      await expect(overridden).toContainText('“The primary is in trouble”')
      await expect(manager.getByRole('region', { name: 'What was found' })).toContainText(/syd-\d/)
      await expect(manager.getByRole('region', { name: 'The fence that it counts on' })).toContainText('PROVEN')
      await approveOn(manager).click()
      const sheet = manager.getByRole('dialog', { name: 'Approve this FORCED failover?' })
      const confirm = sheet.getByRole('button', { name: /^Confirm (approval|with passkey)$/ })
      await sheet.getByRole('button', { name: 'Incident response' }).click()
      await expect(confirm).toBeDisabled()
      await expect(confirm).toHaveAccessibleDescription('Confirm each overridden rule first.')
      await expect(sheet.getByRole('checkbox')).toHaveCount(rules.length)
      for (const box of await sheet.getByRole('checkbox').all()) await box.check()
      await confirmUntilTaken(sheet)
      await expect(manager.getByText('1 of 2 approved')).toBeVisible()
      await expect(manager.getByText(/^You approved at .*Z\. 1 of 2: it waits for one more\.$/)).toBeVisible()
      await expect(approveOn(manager)).toHaveCount(0)
    })
})

/** The primary is well, so that its forced failover stands on overrides alone; nobody completes its quorum. */
function requestForced(operator: Api): Promise<{ id: string; rules: string[] }> {
  const overrides = [
    'primary-is-not-healthy',
    'loss-is-bounded',
    'capacity-headroom',
    'enough-writable-regions',
    'cool-down',
  ].map((rule) => ({ rule, reason: 'Set up by a browser test' }))
  return untilDone(async () => {
    const { plan, planHash } = await operator.failovers.preview.mutate({ cellId: CELL, overrides })
    if (!plan || !planHash) throw new Error(`No forced failover of ${CELL} is allowed.`)
    const { requestId } = await operator.failovers.request.mutate(orderOf(CELL, { checks: [], plan, planHash }))
    return { id: requestId, rules: plan.overrides.map(({ rule }) => rule) }
  })
}
