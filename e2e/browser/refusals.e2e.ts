import type { Page } from '@playwright/test'
import { paths } from '@/model/paths'
import { type Permission, type Role, roles, rolesMay, whoMay } from '@/model/permissions'
import { createApi, refusalOf } from '../support/api'
import { expect, test } from '../support/fixtures'
import { orderOf, requestSwitchover, someDoneSwitchover, untilPlanned, withdrawWhatWaits } from '../support/scenes'
import { signInByApi, signInByPage } from '../support/sign-in'
import { visit } from '../support/visit'

const refusedCall = /the server responded with a status of 4\d\d/
const CELL = 'syd'

test.describe('what may not be done', () => {
  test('a cell whose tenants may not leave has no plan, and the page says whose law forbids it', async ({ asRole }) => {
    const operator = await asRole('operator')
    await operator.goto(paths.newFailover({ cell: 'jkt' }))
    await operator.getByRole('button', { name: 'Dry run' }).click()
    await expect(operator.getByText(/^No safe plan/)).toBeVisible()
    await expect(operator.getByRole('listitem').filter({ hasText: 'Every tenant may be served there' })).toContainText(
      /Not so: .* ID-ONLY keeps \d+ tenants out of ap-southeast-1/,
    )
    await expect(operator.getByRole('heading', { name: '4 · Request it' })).toBeHidden()
  })

  test('a scope has one request at a time: the second dry run names the first', async ({ asRole, apiOf }) => {
    const api = await apiOf('operator')
    const { id } = await requestSwitchover(api, CELL)
    const { code } = await api.requests.get.query({ id })
    const operator = await asRole('operator')
    await operator.goto(paths.newFailover({ cell: CELL }))
    await operator.getByRole('button', { name: 'Dry run' }).click()
    const rule = operator.getByRole('listitem').filter({ hasText: 'Nothing else is running or asked for' })
    await expect(rule).toContainText(code)
    await expect(operator.getByText(/^No safe plan/)).toBeVisible()
    await withdrawWhatWaits(api, CELL)
  })

  test('a plan that was read for another cell cannot be requested', async ({ apiOf }) => {
    const api = await apiOf('operator')
    const allowed = await untilPlanned(() => api.switchovers.preview.mutate({ cellId: CELL }))
    const order = orderOf(CELL, { ...allowed, planHash: 'f'.repeat(64) })
    const refusal = await refusalOf(api.switchovers.request.mutate(order))
    expect(refusal.errorCode).toMatch(/precondition-failed|not-found|conflict/)
  })

  test('one no is final', async ({ asRole, apiOf }) => {
    const [operatorApi, approverApi] = [await apiOf('operator'), await apiOf('approver')]
    const request = await requestSwitchover(operatorApi, CELL)
    const approver = await asRole('approver')
    await approver.goto(paths.approval(request))
    await approver.getByRole('button', { name: 'Reject' }).click()
    const sheet = approver.getByRole('dialog', { name: 'Reject this switchover?' })
    await expect(sheet.getByRole('button', { name: 'Confirm rejection' })).toHaveAccessibleDescription(
      'Give a reason of at least 3 characters.',
    )
    await sheet.getByRole('button', { name: 'Wrong time' }).click()
    await sheet.getByRole('button', { name: 'Confirm rejection' }).click()
    await expect(approver.getByText(/^Rejected by Ana Prietova /)).toBeVisible()
    await expect(approver.getByRole('button', { name: 'Approve' })).toBeHidden()
    const vote = { id: request.id, planHash: request.planHash, reason: 'On second thought' }
    const refusal = await refusalOf(approverApi.requests.approve.mutate(vote))
    expect(refusal).toMatchObject({ errorCode: 'conflict', says: expect.stringContaining('already rejected') })
  })

  test('what its requester withdrew nobody can approve', async ({ asRole, apiOf }) => {
    const [operatorApi, approverApi] = [await apiOf('operator'), await apiOf('approver')]
    const request = await requestSwitchover(operatorApi, CELL)
    const operator = await asRole('operator')
    await operator.goto(paths.approval(request))
    await operator.getByRole('button', { name: 'Withdraw my request' }).click()
    const dialog = operator.getByRole('dialog', { name: /^Withdraw / })
    await dialog.getByRole('button', { name: 'No longer needed' }).click()
    await dialog.getByRole('button', { name: 'Withdraw', exact: true }).click()
    await expect(operator.getByText(/^Withdrawn by /)).toBeVisible()
    const vote = { id: request.id, planHash: request.planHash, reason: 'Too late' }
    const refusal = await refusalOf(approverApi.requests.approve.mutate(vote))
    expect(refusal).toMatchObject({ errorCode: 'conflict' })
  })
})

test.describe('who may not do it', () => {
  test.use({ tolerated: [refusedCall] })

  for (const role of roles)
    test(`${role}: every place opens, and what the role may not do says who may`, async ({
      asRole,
      apiOf,
      personOf,
    }) => {
      const { operationId, requestId } = await someDoneSwitchover({ apiOf, personOf }, 'sin')
      const page = await asRole(role)

      await page.goto(paths.newFailover({ cell: 'fra' }))
      await expectPermitted(page, role, 'operation:request', 'Dry run')
      await page.goto(paths.region({ region: 'ap-southeast-3' }))
      if (!rolesMay([role], 'operation:request'))
        await expectPermitted(page, role, 'operation:request', 'Plan a failover of jkt…')
      await page.goto(paths.audit())
      await expectPermitted(page, role, 'audit:export', 'Export for offline checking')
      const forbidden = page.getByRole('region', { name: 'Events' }).getByRole('alert').getByText(whoMay('audit:read'))
      await expect(
        rolesMay([role], 'audit:read') ? page.getByRole('table', { name: 'Audit events' }) : forbidden,
      ).toBeVisible()
      for (const path of [
        paths.overview(),
        paths.network(),
        paths.replication(),
        paths.operations(),
        paths.operation({ id: operationId }),
        paths.approvals(),
        paths.approval({ id: requestId }),
        paths.status(),
      ]) {
        await visit(page, { path })
        await expect(page.getByRole('heading', { level: 1 }), path).not.toHaveText('Not found')
        const refusals = page.getByRole('main').getByRole('alert').filter({ hasText: /\S/ })
        await expect(refusals, `refusals on ${path}`).toHaveCount(0)
      }
    })

  test('the roles that may only look are refused by the API as well', async ({ apiOf }) => {
    const operator = await apiOf('operator')
    const request = await requestSwitchover(operator, CELL)
    for (const role of ['viewer', 'compliance'] as const) {
      const api = await apiOf(role)
      const vote = { id: request.id, planHash: request.planHash, reason: 'Not mine to decide' }
      const calls = [
        api.switchovers.preview.mutate({ cellId: CELL }),
        api.requests.approve.mutate(vote),
        api.requests.reject.mutate(vote),
        api.requests.withdraw.mutate({ id: request.id, reason: 'Not mine to withdraw' }),
      ]
      for (const refusal of await Promise.all(calls.map(refusalOf)))
        expect(refusal, role).toMatchObject({ httpStatus: 403, says: expect.stringContaining('Needs the role') })
    }
    await withdrawWhatWaits(operator, CELL)
  })
})

test.describe('who is not signed in', () => {
  test('comes to the page that was asked for after signing in', async ({ asNobody, personOf }) => {
    const page = await asNobody()
    await page.goto(`${paths.replication()}?window=1h`)
    await expect(page).toHaveURL(/\/login\?next=/)
    await signInByPage(page, await personOf('viewer'))
    await expect(page).toHaveURL(/\/replication\?window=1h$/)
    await expect(page.getByRole('heading', { level: 1, name: 'Replication lag' })).toBeVisible()
  })

  test('sees one sentence for a wrong password and for a wrong address', async ({ asNobody, personOf }) => {
    const { email } = await personOf('viewer')
    for (const address of [email, 'nobody@homeport.example']) {
      const page = await asNobody()
      await page.goto(paths.login())
      await page.getByRole('textbox', { name: 'E-mail' }).fill(address)
      await page.getByLabel('Password').fill('certainly not this one')
      await page.getByRole('button', { name: 'Continue' }).click()
      await expect(
        page.getByRole('alert').filter({ hasText: 'The e-mail address or the password is wrong.' }),
      ).toBeVisible()
    }
  })
  test.use({ tolerated: [refusedCall] })

  test('cannot go on with the cookie of a session that has ended', async ({ open, estate, personOf }) => {
    const session = await signInByApi(estate.url, await personOf('admin'))
    const page = await (await open(session)).newPage()
    await page.goto(paths.overview())
    await page.getByRole('button', { name: 'Aiko Tanemura' }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await expect(page).toHaveURL(/\/login$/)
    const refusal = await refusalOf(createApi(estate.url, session).overview.get.query())
    expect(refusal).toMatchObject({ httpStatus: 401 })
    const returning = await (await open(session)).newPage()
    await returning.goto(paths.operations())
    await expect(returning).toHaveURL(/\/login\?next=%2Foperations/)
  })
})

/** Enabled for those who may; otherwise disabled, with the sentence that names the roles and who grants them. */
async function expectPermitted(page: Page, role: Role, permission: Permission, button: string): Promise<void> {
  const control = page.getByRole('button', { name: button })
  if (rolesMay([role], permission)) return expect(control, `${button} for ${role}`).toBeEnabled()
  await expect(control, `${button} for ${role}`).toBeDisabled()
  await expect(control).toHaveAccessibleDescription(whoMay(permission))
}
