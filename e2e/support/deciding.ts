import { expect, type Locator, type Page } from '@playwright/test'
import { paths } from '@/model/paths'
import type { Role } from '@/model/permissions'
import type { Api } from './api'
import { runOnCatalog } from './catalog'
import type { DemoPerson } from './estate'
import { nextTotp } from './totp'
import { untilDone } from './until'

const OPERATION_TIMEOUT_MS = 180_000
const TAKEN_WITHIN_MS = 90_000
const ANSWERED_WITHIN_MS = 20_000
/** Of the five minutes: longer than any test is busy before its dialog is confirmed. */
const PROOF_LASTS_MS_MIN = 150_000

export type Decider = { id: string; api: Api; person: DemoPerson }

/** Approves a request on the page as a person does: the button, a reason, each override. */
export async function approveOnPage(page: Page, { id, api, person }: Decider): Promise<void> {
  await proveAgain(api, person)
  await page.goto(paths.approval({ id }))
  await page.getByRole('button', { name: 'Approve', exact: true }).click()
  const sheet = page.getByRole('dialog', { name: /^Approve this/ })
  await expect(sheet.getByRole('button', { name: 'Back' })).toBeFocused()
  await sheet.getByRole('button', { name: 'Incident response' }).click()
  for (const box of await sheet.getByRole('checkbox').all()) await box.check()
  await confirmUntilTaken(sheet)
}

/** A vote is refused while, for a moment, not everything can be verified: the dialog stays and says so, and is confirmed again. */
export async function confirmUntilTaken(sheet: Locator): Promise<void> {
  const confirm = sheet.getByRole('button', { name: /^Confirm (approval|with passkey)$/ })
  await expect(async () => {
    if (await sheet.isVisible()) await confirm.click({ timeout: ANSWERED_WITHIN_MS })
    await expect(sheet).toBeHidden({ timeout: ANSWERED_WITHIN_MS })
  }).toPass({ timeout: TAKEN_WITHIN_MS })
}

/** What the browser says of such a refusal, on its console. */
export const refusedForNow = /the server responded with a status of 412/

export type Asked = { id: string; planHash: string; confirmedOverrides?: string[] }
export type Deciders = { apiOf: (role: Role) => Promise<Api>; personOf: (role: Role) => Promise<DemoPerson> }

/** Approves by the API, once for each role. Answers the operation that the last yes started. */
export async function approveByApi(
  { apiOf, personOf }: Deciders,
  { id, planHash, confirmedOverrides = [] }: Asked,
  roles: readonly Role[],
): Promise<string> {
  let started: string | null = null
  for (const role of roles) {
    const api = await apiOf(role)
    await proveAgain(api, await personOf(role))
    const vote = { id, planHash, confirmedOverrides, reason: 'Set up by a browser test' }
    started = (await api.requests.approve.mutate(vote)).operationId
  }
  if (!started) throw new Error(`${roles.join(' and ')} were not enough to start it.`)
  return started
}

/**
 * Whoever acts next needs no code for a while: neither in a call nor in a dialog. A code counts once, so that none is spent where
 * the last proof lasts.
 */
export async function proveAgain(api: Api, person: DemoPerson): Promise<void> {
  const { steppedUpUntil } = await api.session.me.query()
  const isProven = steppedUpUntil !== null && Date.parse(steppedUpUntil) - Date.now() > PROOF_LASTS_MS_MIN
  if (!isProven) await api.session.stepUp.mutate({ code: await nextTotp(person.totpSecret) })
}

/** Everybody's last proof ends in half a minute: too soon for a dialog, which asks for another one at once. */
export function letProofsEnd(dataDir: string): Promise<void> {
  return runOnCatalog(dataDir, `UPDATE auth_session SET stepped_up_at = clock_timestamp() - interval '4.5 minutes'`)
}

/** Types the code that a dialog asks for. */
export async function typeCode(dialog: Locator, { totpSecret }: DemoPerson): Promise<void> {
  await dialog.getByRole('textbox', { name: 'Code from your authenticator' }).fill(await nextTotp(totpSecret))
}

export function untilEnded(api: Api, operationId: string): Promise<string> {
  return untilDone(async () => {
    const { status } = await api.operations.get.query({ id: operationId })
    expect(status, 'how it ended').toMatch(/^(done|undone|needs-human)$/)
    return status
  }, OPERATION_TIMEOUT_MS)
}
