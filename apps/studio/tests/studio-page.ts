import type { Page } from '../../../tests/support/start-chromium.ts'
import type { ImageRecord } from '../src/project/database.ts'

/** Reads what the page has stored of its images, in the order of their paths, past the code of the page. */
export function readStoredImages(page: Page): Promise<ImageRecord[]> {
  // Without functions that have names, which tsx marks by a helper that the page lacks.
  return page.evaluate(
    () =>
      new Promise<ImageRecord[]>((resolve, reject) => {
        const opening = indexedDB.open('facekp-studio')
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const reading = opening.result.transaction('images').objectStore('images').getAll()
          reading.onerror = () => reject(reading.error)
          reading.onsuccess = () => {
            opening.result.close()
            const records: ImageRecord[] = reading.result
            // Meshes are not plain values.
            resolve(records.map((image) => ({ ...image, faces: image.faces.map(({ mesh: _, ...face }) => face) })))
          }
        }
      }),
  )
}

/** Lists the addresses of what a page has loaded since it was opened, except by its workers. */
export function listLoaded(page: Page): Promise<string[]> {
  return page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name))
}

/** Chooses the files that the page asks for in the course of an action. */
export async function chooseFiles(page: Page, files: readonly string[], action: () => Promise<void>): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await action()
  await (await chooser).setFiles([...files])
}

/** Saves the file that the page offers in the course of an action. */
export async function saveDownload(page: Page, path: string, action: () => Promise<void>): Promise<void> {
  const download = page.waitForEvent('download')
  await action()
  await (await download).saveAs(path)
}

/** More elements than a page of these tests has. */
const MAX_TABS = 300

/** Goes to a button by the Tab key alone, and presses it. */
export async function pressByKeyboard(page: Page, name: string): Promise<void> {
  for (let i = 0; i < MAX_TABS; i++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => document.activeElement?.ariaLabel ?? document.activeElement?.textContent)
    if (focused !== name) continue
    await page.keyboard.press('Enter')
    return
  }
  throw new Error(`the Tab key does not reach the button "${name}"`)
}
