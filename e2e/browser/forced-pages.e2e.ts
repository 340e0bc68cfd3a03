import type { Page } from '@playwright/test'
import { paths } from '@/model/paths'
import { refusalOf } from '../support/api'
import { approveByApi, proveAgain, untilEnded } from '../support/deciding'
import { expectAccessible, expectNoSidewaysScroll } from '../support/expect-accessible'
import { desktop, expect, phone, test } from '../support/fixtures'
import { requestSwitchover } from '../support/scenes'
import { untilDone } from '../support/until'
import { visit } from '../support/visit'
import { findWorker, whileStopped } from '../support/worker'

const CELL = 'sin'
const AGREED_WITHIN_MS = 200_000
const SCENE_TIMEOUT_MS = 480_000
const forced = (page: Page) => page.getByRole('radio', { name: /^Forced failover/ })

test('a link cannot choose a forced failover, whatever it says', async ({ asRole }) => {
  const operator = await asRole('operator')
  await operator.goto(`${paths.newFailover({ cell: CELL })}&verb=forced`)
  await expect(operator.getByRole('combobox', { name: 'Cell' })).toHaveValue(CELL)
  await expect(forced(operator)).not.toBeChecked()
  await forced(operator).check()
  await expect(operator, 'and a copied address does not carry the choice').not.toHaveURL(/[?&]verb=/)
})

for (const theme of ['dark', 'light'] as const)
  for (const viewport of [desktop, phone])
    test(`a forced failover of a healthy writer is refused until overridden by name, ${theme} at ${viewport.width}`, async ({
      asRole,
    }) => {
      const operator = await asRole('operator', { theme, viewport, calm: true })
      await operator.goto(paths.newFailover({ cell: CELL }))
      await forced(operator).check()
      await operator.getByRole('button', { name: 'Dry run' }).click()
      await expect(operator.getByText(/^It cannot be asked for: \d+ of \d+ checks did not pass/)).toBeVisible()
      await expect(operator.getByRole('heading', { name: '4 · Request it' })).toHaveCount(0)
      await expect(
        operator.getByRole('heading', { name: 'When nobody else can be reached: break-glass' }),
      ).toBeVisible()
      await expectAccessible(operator)
      await expectNoSidewaysScroll(operator, viewport.width)

      await overrideWhatStands(operator)
      await expect(operator.getByRole('heading', { name: '4 · Request it' })).toBeVisible()
      await expect(operator.getByText(/^This plan stands on .*overridden rule/)).toContainText(
        'The primary is in trouble',
      )
      await expectAccessible(operator)
      await expectNoSidewaysScroll(operator, viewport.width)

      const reason = operator.getByRole('textbox', { name: 'Why “The primary is in trouble” may be overridden' })
      await reason.fill('Another reason than the plan was made with')
      await operator.getByRole('textbox', { name: 'Region that will be fenced' }).fill('ap-southeast-1')
      await operator.getByRole('button', { name: 'Failover exercise' }).click()
      await expect(operator.getByRole('button', { name: /^Request: fence/ })).toHaveAccessibleDescription(
        'These overrides are not part of this dry run yet: run it again.',
      )
    })

test('whoever may not ask sees the form, its reason, and no dry run', async ({ asRole, apiOf }) => {
  for (const role of ['viewer', 'approver', 'compliance'] as const) {
    const page = await asRole(role)
    await page.goto(paths.newFailover({ cell: CELL }))
    await forced(page).check()
    await expect(page.getByRole('button', { name: 'Dry run' })).toHaveAccessibleDescription(/^Needs the role operator/)
    await expect(page.getByRole('button', { name: 'Go to break-glass' })).toHaveAccessibleDescription(
      /^Needs the role operator/,
    )
    const refusal = await refusalOf((await apiOf(role)).failovers.preview.mutate({ cellId: CELL }))
    expect(refusal, role).toMatchObject({ errorCode: 'forbidden', httpStatus: 403 })
  }
})

test.describe
  .serial('try planned, then stop and ask', () => {
    let operationId = ''
    let target = ''

    test.beforeAll('one that was aborted at once', async ({ apiOf, personOf }) => {
      test.setTimeout(SCENE_TIMEOUT_MS)
      const operator = await apiOf('operator')
      await proveAgain(operator, await personOf('operator'))
      await proveAgain(await apiOf('approver'), await personOf('approver'))
      const worker = await findWorker(operator)
      // It begins only when it is told to go back: stopped, the worker cannot pass the point of no return before that.
      operationId = await untilDone(async () => {
        const asked = await requestSwitchover(operator, CELL, { thenAsk: true })
        target = asked.target
        return whileStopped(worker, async () => {
          const id = await approveByApi({ apiOf, personOf }, asked, ['approver'])
          await operator.operations.abort.mutate({ id, reason: 'Set up by a browser test' })
          return id
        })
      }, AGREED_WITHIN_MS)
      expect(await untilEnded(operator, operationId)).toBe('undone')
    })

    test('asks on its page, starts nothing, and leads to a form on which nothing is chosen', async ({ asRole }) => {
      const operator = await asRole('operator')
      await operator.goto(paths.operation({ id: operationId }))
      await expect(
        operator.getByText('It was to try the planned way, then stop and ask. It has stopped:'),
      ).toBeVisible()
      await expect(operator.getByText('Nothing has been started.', { exact: false })).toBeVisible()
      await operator.getByRole('link', { name: 'Look at a forced failover' }).click()
      await expect(operator.getByText(/tried the planned way and went back/)).toBeVisible()
      await expect(operator.getByRole('combobox', { name: 'Cell' })).toHaveValue(CELL)
      await expect(operator.getByRole('combobox', { name: 'Target' })).toHaveValue(target)
      await expect(operator.getByRole('radio', { checked: true })).toHaveCount(0)
      await expect(operator.getByRole('button', { name: 'Dry run' })).toHaveAccessibleDescription(
        'Choose what to do first.',
      )
    })

    for (const theme of ['dark', 'light'] as const)
      for (const viewport of [desktop, phone])
        test(`its pages have no violation of WCAG 2.2 AA, ${theme} at ${viewport.width}`, async ({ asRole }) => {
          const operator = await asRole('operator', { theme, viewport, calm: true })
          for (const path of [
            paths.operation({ id: operationId }),
            paths.newFailover({ cell: CELL, target, after: operationId }),
          ]) {
            await visit(operator, { path })
            await expect(
              operator
                .getByRole('main')
                .getByText(/went back/i)
                .first(),
            ).toBeVisible()
            await expectAccessible(operator)
            await expectNoSidewaysScroll(operator, viewport.width)
          }
        })
  })

/** Ticks every rule that may be overridden, gives each its reason, and runs the dry run with them; again where a vantage was late. */
async function overrideWhatStands(page: Page): Promise<void> {
  const request = page.getByRole('heading', { name: '4 · Request it' })
  await expect(async () => {
    for (const box of await page.getByRole('checkbox', { name: /^Override/ }).all()) await box.check()
    for (const field of await page.getByRole('textbox', { name: /may be overridden$/ }).all())
      await field.fill('A browser test looks at it')
    await page
      .getByRole('button', { name: /^Run it (again|with these overrides)$/ })
      .first()
      .click()
    await expect(request).toBeVisible({ timeout: 15_000 })
  }).toPass({ timeout: 120_000 })
}
