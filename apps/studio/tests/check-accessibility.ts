import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { OpenPage } from '../../../tests/support/start-chromium.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** A program that waits until no color is on its way: without motion, transitions still take a frame. They may be canceled. */
const END_OF_TRANSITIONS = `
  new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))).then(() =>
    Promise.allSettled(document.getAnimations().filter((one) => one instanceof CSSTransition).map(({ finished }) => finished)))`

/** Lists what axe finds wrong with a page by WCAG 2.2 A and AA, in both themes; the empty list is right. */
export async function checkAccessibility({ page }: Pick<OpenPage, 'page'>): Promise<string[]> {
  const problems: string[] = []
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(AXE)
  for (const colorScheme of ['light', 'dark'] as const) {
    // Colors in between have no contrast.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.evaluate(END_OF_TRANSITIONS)
    const violations: string[] = await page.evaluate(`axe
      .run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
      .then(({ violations }) => violations.flatMap(({ id, help, nodes }) =>
        nodes.map(({ html, any }) => [id, help, html, ...any.map(({ message }) => message)].join(' | '))))`)
    problems.push(...violations.map((violation) => `${colorScheme}: ${violation}`))
  }
  await page.emulateMedia({ colorScheme: 'light' })
  return problems
}
