import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { paths } from '@/model/paths'
import { refusalOf } from '../support/api'
import { confirmUntilTaken, letProofsEnd, refusedForNow, typeCode } from '../support/deciding'
import { dryRunUntilAllowed, requestUntilTaken } from '../support/dry-run'
import { expectInFirstScreen, expectRow, expectStep } from '../support/expect-parts'
import { expect, phone, test } from '../support/fixtures'
import { withdrawWhatWaits } from '../support/scenes'
import { untilLive } from '../support/visit'

const run = promisify(execFile)
const CELL = 'fra'
const OPERATION_TIMEOUT_MS = 180_000
/** What follows from the end of an operation: the standby streams, the chain of the audit trail is walked. */
const FOLLOWS_WITHIN_MS = 90_000

/**
 * The main job, as three people do it: an operator asks for a switchover after a dry run, a manager approves it on a phone
 * and watches it, and whoever must prove it later gets a bundle that verifies without this console.
 */
test.describe
  .serial('a planned switchover', () => {
    test.use({ tolerated: [refusedForNow] })

    let source = ''
    let target = ''
    let epochBefore = 0
    let approvalPath = ''
    let operationPath = ''

    test('starts from one sentence, a map with an equal table, and keys that go everywhere', async ({ asRole }) => {
      const operator = await asRole('operator')
      await operator.goto(paths.overview())
      await expect(operator.getByRole('region', { name: 'Verdict' })).toContainText(/\d of 7 regions healthy/)
      await expect(operator.getByRole('img', { name: /^Map of 7 regions/ })).toBeVisible()
      const links = operator.getByRole('table', { name: 'Links on the map' })
      await expect(links.getByRole('row').filter({ hasText: 'eu-central-1 → eu-west-1' })).toBeVisible()
      await expect(operator.getByRole('banner')).toContainText('served from eu-west-1')
      await untilLive(operator)

      // The second key counts for a moment only, which a slow machine may miss: people press both again.
      for (const [key, name] of [
        ['n', 'Network latency'],
        ['r', 'Replication lag'],
        ['d', 'New failover'],
      ] as const)
        await expect(async () => {
          await operator.keyboard.press('g')
          await operator.keyboard.press(key)
          await expect(operator.getByRole('heading', { level: 1, name })).toBeFocused({ timeout: 10_000 })
        }).toPass({ timeout: 60_000 })
    })

    test('is requested after a dry run, by the verb that loses nothing, with the region typed out', async ({
      asRole,
      apiOf,
    }) => {
      await withdrawWhatWaits(await apiOf('operator'), CELL)
      const cell = (await (await apiOf('operator')).cells.list.query()).find(({ id }) => id === CELL)!
      source = cell.activeRegion
      target = cell.members.find((member) => !member.isActive)!.region
      epochBefore = Number(cell.epoch)

      const operator = await asRole('operator')
      await operator.goto(paths.newFailover())
      const verbs = operator.getByRole('group', { name: 'What to do' })
      await expect(verbs.getByRole('radio', { name: /^Planned switchover/ })).toBeChecked()
      for (const closed of [/^Try planned, then stop and ask/, /^Forced failover/]) {
        await expect(verbs.getByRole('radio', { name: closed })).toBeDisabled()
        await expect(verbs.getByRole('radio', { name: closed })).toHaveAccessibleDescription(
          /Not available\. Choose a cell first/,
        )
      }

      await operator.getByRole('combobox', { name: 'Cell' }).selectOption(CELL)
      await dryRunUntilAllowed(operator)
      await expect(operator.getByText('Tenants affected')).toBeVisible()
      await expectRow(operator.getByRole('table', { name: 'What would change' }), 'Write epoch', [
        String(epochBefore),
        String(epochBefore + 1),
      ])

      const request = operator.getByRole('button', {
        name: new RegExp(`^Request: fence ${source} and move \\d+ tenants`),
      })
      await operator.getByRole('button', { name: 'Planned maintenance' }).click()
      await operator.getByRole('textbox', { name: 'Region that will be fenced' }).fill(target)
      await expect(operator.getByText('This is not the region that takes the writes now.')).toBeVisible()
      await expect(request).toBeDisabled()
      await expect(request).toHaveAccessibleDescription('Type the region that will be fenced.')
      await operator.getByRole('textbox', { name: 'Region that will be fenced' }).fill(source)
      approvalPath = paths.approval({ id: await requestUntilTaken(operator, request) })
      await expect(operator.getByRole('heading', { level: 1 })).toContainText(CELL)
    })

    test('cannot be approved by whoever requested it: not on the page, and not by the API', async ({
      asRole,
      apiOf,
    }) => {
      const operator = await asRole('operator')
      await operator.goto(approvalPath)
      const approve = operator.getByRole('button', { name: 'Approve' })
      await expect(approve).toBeDisabled()
      await expect(approve).toHaveAccessibleDescription('You asked for this: another person must decide.')
      await untilLive(operator)
      await approve.click({ force: true })
      // Whatever that press opened would stand here before, or above, what the next press opens.
      await operator.getByRole('button', { name: 'Withdraw my request' }).click()
      await expect(operator.getByRole('dialog', { name: /^Withdraw / })).toBeVisible()
      await expect(operator.getByRole('dialog')).toHaveCount(1)

      const api = await apiOf('operator')
      const id = approvalPath.split('/').at(-1)!
      const { planHash } = await api.requests.get.query({ id })
      const refusal = await refusalOf(api.requests.approve.mutate({ id, planHash, reason: 'My own request' }))
      expect(refusal).toMatchObject({ errorCode: 'forbidden', httpStatus: 403 })
    })

    test('is approved on a phone from one screen, and watched to its measured end', async ({
      asRole,
      personOf,
      estate,
    }) => {
      test.setTimeout(OPERATION_TIMEOUT_MS * 3)
      await letProofsEnd(estate.dataDir)
      const manager = await asRole('approver', { viewport: phone })
      await manager.goto(paths.overview())
      await manager.getByRole('link', { name: /^\d+ approvals?$/ }).click()
      await manager
        .getByRole('main')
        .getByRole('link', { name: new RegExp(CELL) })
        .first()
        .click()
      await manager.waitForURL((url) => url.pathname === approvalPath)

      const reject = manager.getByRole('button', { name: 'Reject' })
      const approve = manager.getByRole('button', { name: 'Approve' })
      await expectInFirstScreen(manager, [
        manager.getByRole('heading', { level: 1 }),
        manager.getByText(/^Expires/),
        ...['Tenants affected', 'Data loss', 'Write pause, estimated', 'Residency'].map((name) =>
          manager.getByText(name, { exact: true }),
        ),
        reject,
        approve,
      ])
      const [rejectBox, approveBox] = [(await reject.boundingBox())!, (await approve.boundingBox())!]
      expect(Math.min(rejectBox.height, approveBox.height), 'height of the two buttons').toBeGreaterThanOrEqual(44)
      expect(approveBox.x - (rejectBox.x + rejectBox.width), 'gap between them').toBeGreaterThanOrEqual(16)

      await approve.click()
      const sheet = manager.getByRole('dialog', { name: 'Approve this switchover?' })
      await expect(sheet).toContainText(`from ${source} to ${target}`)
      await expect(sheet.getByRole('button', { name: 'Back' })).toBeFocused()
      await sheet.getByRole('button', { name: 'Planned maintenance' }).click()
      await typeCode(sheet, await personOf('approver'))
      await confirmUntilTaken(sheet)

      await manager.waitForURL(/\/operations\/[0-9a-f-]{36}$/)
      operationPath = new URL(manager.url()).pathname
      await expectStep(manager, 'Fence the old primary and prove it', 'Done', { timeout: OPERATION_TIMEOUT_MS })
      await expectStep(manager, 'Measure what writers noticed', 'Done', { timeout: OPERATION_TIMEOUT_MS })
      await expect(manager.getByRole('heading', { level: 1 })).toContainText(CELL)
      await expect(manager).toHaveTitle(/ · Done · Operations · Homeport$/)
    })

    test('shows what it proved and what it cost', async ({ asRole }) => {
      const viewer = await asRole('viewer')
      await viewer.goto(operationPath)
      const fence = viewer.getByRole('region', { name: 'Fence' })
      await expect(fence).toContainText('PROVEN')
      await expect(fence).toContainText(/Canary refused with\s*[A-Z_]+ \(HP\d{3}\)/)
      await expect(viewer.getByText(/^Point of no return: from here on it only goes forward/)).toBeVisible()
      const cost = viewer.getByRole('region', { name: 'What it cost' })
      await expect(cost).toContainText(/Write pause, measured\s*[\d.,]+\s(ms|s)/)
      await expect(cost).toContainText(/Data loss\s*None/)
    })

    test('leaves one writer at a raised epoch, and the old primary streaming as its standby', async ({ asRole }) => {
      const operator = await asRole('operator')
      await operator.goto(paths.overview())
      const cells = operator.getByRole('table', { name: 'Cells' })
      const row = cells.getByRole('row').filter({ has: operator.getByRole('link', { name: new RegExp(`^${CELL} `) }) })
      await expect(row).toContainText(`epoch ${epochBefore + 1}`)
      await expect(row.getByRole('link', { name: new RegExp(`^${target}`) })).toBeVisible()
      await operator.goto(paths.replication())
      const standby = operator
        .getByRole('table', { name: 'Standbys' })
        .getByRole('row')
        .filter({ hasText: `${CELL}-` })
      await expect(standby).toContainText('streaming', { timeout: FOLLOWS_WITHIN_MS })
      await expect(standby).toContainText(source)
    })

    test('is told whole by the audit trail, which verifies offline until one byte is changed', async ({
      asRole,
    }, info) => {
      const compliance = await asRole('compliance')
      await compliance.goto(operationPath)
      await compliance.getByRole('link', { name: 'Every event of this operation in the audit trail' }).click()
      const events = compliance.getByRole('table', { name: 'Audit events' })
      for (const action of [
        'request.made',
        'request.approved',
        'request.consumed',
        'fence.proven',
        'epoch.moved',
        'operation.done',
      ])
        await expect(events.getByRole('cell', { name: action, exact: true })).toBeVisible({
          timeout: FOLLOWS_WITHIN_MS,
        })
      await expect(compliance.getByText(/^Chain intact/)).toBeVisible({ timeout: FOLLOWS_WITHIN_MS })

      const download = compliance.waitForEvent('download')
      await compliance.getByRole('button', { name: 'Export for offline checking' }).click()
      const file = info.outputPath('bundle.json')
      await (await download).saveAs(file)
      await expect(verify(file)).resolves.toMatchObject({ exitCode: 0 })
      const bundle = await readFile(file, 'utf8')
      const at = bundle.indexOf('request.made')
      await writeFile(file, `${bundle.slice(0, at)}R${bundle.slice(at + 1)}`)
      await expect(verify(file)).resolves.toMatchObject({
        exitCode: 1,
        says: expect.stringMatching(/First bad event: \d+/),
      })
    })
  })

async function verify(file: string): Promise<{ exitCode: number; says: string }> {
  try {
    const { stdout } = await run('npm', ['run', '-s', 'verify', '--', file])
    return { exitCode: 0, says: stdout }
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string }
    return { exitCode: code, says: stdout }
  }
}
