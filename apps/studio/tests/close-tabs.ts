import { type Random, randomStream } from '@facekp/core'
import type { BrowserContext, Page } from '../../../tests/support/start-chromium.ts'
import { chooseFiles, readStoredImages } from './studio-page.ts'

export interface CloseTabsOptions {
  /** Has the project, which no tab has open. All of its faces are confirmed, and all points have places. */
  readonly context: BrowserContext
  /** Address of the page. */
  readonly url: string
  /** The images of the project. */
  readonly files: readonly string[]
  /** Number of tabs. */
  readonly count: number
  readonly seed: number
}

/** What became of the labels of tabs that ended at random moments. */
export interface ClosedTabs {
  /** Tabs that were closed, and those whose process was killed. */
  readonly closed: number
  readonly crashed: number
  /** Changes that the tabs had made when they ended. */
  readonly changes: number
  /** Labels that are not as they were left. */
  readonly lost: number
}

/** Coordinates and states of the points, by image and point. */
type Labels = readonly (readonly PointState[])[]

interface PointState {
  readonly x: number
  readonly y: number
  readonly state: string
}

const MAX_CHANGES = 12
const MAX_DELAY_MS = 40

/**
 * Labels by the keyboard in one tab after the other, and closes or kills each at a random moment, mostly in the middle of a change. Compares
 * what the next tab reads with what was done: the change under way may be stored or not, all those before it must be.
 */
export async function closeTabs({ context, url, files, count, seed }: CloseTabsOptions): Promise<ClosedTabs> {
  const random = randomStream({ seed, purpose: 'close-tabs' })
  const sums = { closed: 0, crashed: 0, changes: 0, lost: 0 }
  let possible: readonly Labels[] = []
  for (let i = 0; i <= count; i++) {
    const tab = await context.newPage()
    await tab.goto(url)
    const stored = (await readStoredImages(tab)).map(({ faces }) => faces[0]?.points ?? [])
    if (i > 0) sums.lost += Math.min(...possible.map((labels) => countDifferences(stored, labels)))
    if (i === count) await tab.close()
    else {
      await openProject(tab, files)
      const { changes, states } = await labelAtRandom(tab, stored, random)
      possible = states
      sums.changes += changes
      const isCrash = random.chance(0.5)
      await endTab(tab, isCrash)
      sums[isCrash ? 'crashed' : 'closed']++
    }
  }
  return sums
}

async function openProject(tab: Page, files: readonly string[]): Promise<void> {
  await tab.locator('.project').click()
  await chooseFiles(tab, files, () => tab.getByRole('button', { name: 'Open the images' }).click())
  // The tab may not change labels before it knows that the one before has ended.
  await tab.getByRole('button', { name: 'Confirmed', exact: true, disabled: false }).waitFor()
}

interface RandomLabels {
  readonly changes: number
  /** The labels that may be stored: with the last change and without. */
  readonly states: readonly Labels[]
}

/** Makes a random number of changes on a random image, and does not wait for the last one. */
async function labelAtRandom(tab: Page, stored: Labels, random: Random): Promise<RandomLabels> {
  const image = random.integer(0, stored.length - 1)
  for (let i = 0; i < image; i++) await tab.keyboard.press('PageDown')
  const changes = random.integer(1, MAX_CHANGES)
  let states: Labels[] = [stored]
  let last: Promise<void> = Promise.resolve()
  let point = 0
  for (let i = 0; i < changes; i++) {
    await last
    for (let steps = random.integer(0, 2); steps > 0; steps--) {
      await tab.keyboard.press('n')
      point = (point + 1) % (stored[image] as Labels[number]).length
    }
    const { key, change } = random.pick(CHANGES)
    const [before] = states as [Labels]
    states = [changePoint(before, { image, point, change }), before]
    last = tab.keyboard.press(key).catch(() => undefined)
  }
  await new Promise((resolve) => setTimeout(resolve, random.uniform(0, MAX_DELAY_MS)))
  return { changes, states }
}

interface PointChange {
  readonly image: number
  readonly point: number
  readonly change: LabelChange['change']
}

function changePoint(labels: Labels, { image, point, change }: PointChange): Labels {
  return labels.map((points, i) =>
    i === image ? points.map((place, k) => (k === point ? change(place) : place)) : points,
  )
}

async function endTab(tab: Page, isCrash: boolean): Promise<void> {
  if (isCrash) {
    const crash = tab.waitForEvent('crash')
    const session = await tab.context().newCDPSession(tab)
    // Nobody is left to answer.
    session.send('Page.crash').catch(() => undefined)
    await crash
  }
  await tab.close()
}

function countDifferences(stored: Labels, expected: Labels): number {
  const isSame = (a: PointState | undefined, b: PointState): boolean =>
    a !== undefined && a.state === b.state && Math.hypot(a.x - b.x, a.y - b.y) < 1e-6
  return expected.flatMap((points, image) => points.filter((point, k) => !isSame(stored[image]?.[k], point))).length
}

interface LabelChange {
  readonly key: string
  readonly change: (point: PointState) => PointState
}

const movePoint =
  (dx: number, dy: number): LabelChange['change'] =>
  ({ x, y, state }) => ({ x: x + dx, y: y + dy, state: state === 'hidden' ? 'hidden' : 'corrected' })

const CHANGES: readonly LabelChange[] = [
  { key: 'ArrowLeft', change: movePoint(-1, 0) },
  { key: 'ArrowRight', change: movePoint(1, 0) },
  { key: 'Shift+ArrowUp', change: movePoint(0, -10) },
  { key: 'Shift+ArrowDown', change: movePoint(0, 10) },
  { key: 'h', change: ({ state, ...place }) => ({ ...place, state: state === 'hidden' ? 'corrected' : 'hidden' }) },
]
