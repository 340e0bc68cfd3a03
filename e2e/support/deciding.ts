import { expect, type Locator, type Page } from '@playwright/test'
import { paths } from '@/model/paths'
import type { Role } from '@/model/permissions'
import type { Api } from './api'
import type { DemoPerson } from './estate'
import { nextTotp } from './totp'

const OPERATION_TIMEOUT_MS = 120_000

/** Approves on the page as a person does: the button, a reason, each override, the code where it is asked for. */
export async function approveOnPage(page: Page, requestId: string, person: DemoPerson): Promise<void> {
  await page.goto(paths.approval({ id: requestId }))
  await page.getByRole('button', { name: 'Approve', exact: true }).click()
  const sheet = page.getByRole('dialog', { name: /^Approve this/ })
  await expect(sheet.getByRole('button', { name: 'Back' })).toBeFocused()
  await sheet.getByRole('button', { name: 'Incident response' }).click()
  for (const box of await sheet.getByRole('checkbox').all()) await box.check()
  await giveCode(sheet, person)
  await sheet.getByRole('button', { name: 'Confirm approval' }).click()
  await expect(sheet).toBeHidden()
}

/** Where a dialog asks for it: a proof of less than five minutes ago still counts. */
export async function giveCode(dialog: Locator, { totpSecret }: DemoPerson): Promise<void> {
  const code = dialog.getByRole('textbox', { name: 'Code from your authenticator' })
  if (await code.isVisible()) await code.fill(await nextTotp(totpSecret))
}

export type Deciders = { apiOf: (role: Role) => Promise<Api>; personOf: (role: Role) => Promise<DemoPerson> }

/** Approves by the API, once for each role. Answers the operation that the last yes started. */
export async function approveByApi(
  { apiOf, personOf }: Deciders,
  request: { id: string; planHash: string },
  roles: readonly Role[],
): Promise<string> {
  let started: string | null = null
  for (const role of roles) {
    const api = await apiOf(role)
    await proveAgain(api, await personOf(role))
    const vote = { ...request, reason: 'Set up by a browser test' }
    started = (await api.requests.approve.mutate(vote)).operationId
  }
  if (!started) throw new Error(`${roles.join(' and ')} were not enough to start it.`)
  return started
}

/** A code counts once, so that none is spent where the last proof still counts. */
export async function proveAgain(api: Api, person: DemoPerson): Promise<void> {
  const { steppedUpUntil } = await api.session.me.query()
  const isProven = steppedUpUntil !== null && Date.parse(steppedUpUntil) - Date.now() > 60_000
  if (!isProven) await api.session.stepUp.mutate({ code: await nextTotp(person.totpSecret) })
}

export async function untilEnded(api: Api, operationId: string): Promise<string> {
  let status = ''
  await expect
    .poll(async () => (status = (await api.operations.get.query({ id: operationId })).status), {
      timeout: OPERATION_TIMEOUT_MS,
    })
    .toMatch(/^(done|undone|needs-human)$/)
  return status
}
