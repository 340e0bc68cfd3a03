import type { Page } from '@playwright/test'
import { paths } from '@/model/paths'
import { runOnCatalog } from '../support/catalog'
import { confirmUntilTaken, letProofsEnd, refusedForNow, typeCode } from '../support/deciding'
import { desktop, expect, phone, test } from '../support/fixtures'
import { requestSwitchover, withdrawWhatWaits } from '../support/scenes'
import { signInByApi } from '../support/sign-in'

const CELL = 'syd'
const KEY = 'Key of a browser test'

test.use({ tolerated: [refusedForNow] })

test.afterEach('no passkey stays behind, which every later dialog would ask for', async ({ estate, apiOf }) => {
  await runOnCatalog(estate.dataDir, 'DELETE FROM auth_passkey WHERE name = $1', [KEY])
  await withdrawWhatWaits(await apiOf('operator'), CELL)
})

/** Chromium's own software authenticator, which verifies its person; `refuse` makes it one that cannot. */
async function plugIn(page: Page): Promise<{ refuse(): Promise<void> }> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    refuse: async () => {
      await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
    },
  }
}

for (const viewport of [phone, desktop])
  test(`a manager adds a passkey, approves with it, and removes it, at ${viewport.width}`, async ({
    open,
    estate,
    apiOf,
    personOf,
  }) => {
    const operator = await apiOf('operator')
    const person = await personOf('approver')
    const page = await (await open(await signInByApi(estate.url, person), { viewport })).newPage()
    const authenticator = await plugIn(page)

    await page.goto(paths.profile())
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    const adding = page.getByRole('dialog', { name: 'Add a passkey' })
    await adding.getByRole('textbox', { name: 'Name' }).fill(KEY)
    await adding.getByRole('button', { name: 'Add passkey' }).click()
    await expect(page.getByRole('list', { name: 'Your passkeys' }).getByText(KEY)).toBeVisible()

    // A quorum of two, so that this one yes is counted and moves nothing.
    const { id } = await requestSwitchover(operator, CELL)
    await runOnCatalog(estate.dataDir, 'UPDATE operation_request SET quorum = 2 WHERE id = $1', [id])
    await letProofsEnd(estate.dataDir)
    await page.goto(paths.approval({ id }))
    await page.getByRole('button', { name: 'Approve', exact: true }).click()
    const sheet = page.getByRole('dialog', { name: 'Approve this switchover?' })
    await sheet.getByRole('button', { name: 'Planned maintenance' }).click()
    await expect(sheet.getByRole('button', { name: 'Confirm with passkey' })).toBeEnabled()
    await expect(sheet.getByRole('textbox', { name: 'Code from your authenticator' })).toHaveCount(0)
    await confirmUntilTaken(sheet)
    await expect(page.getByText('1 of 2 approved')).toBeVisible()
    await withdrawWhatWaits(operator, CELL)

    await letProofsEnd(estate.dataDir)
    await authenticator.refuse()
    await page.goto(paths.profile())
    await page.getByRole('button', { name: `Remove ${KEY}` }).click()
    const removing = page.getByRole('dialog', { name: `Remove ${KEY}?` })
    await removing.getByRole('button', { name: 'Remove passkey' }).click()
    await expect(removing.getByRole('alert')).toContainText('The passkey was not used')
    await removing.getByRole('button', { name: 'Use a code instead' }).click()
    await typeCode(removing, person)
    await removing.getByRole('button', { name: 'Remove passkey' }).click()
    await expect(page.getByText('You have no passkey.')).toBeVisible()
  })
