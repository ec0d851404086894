import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isRun, listShellBlocks, runShellBlocks } from './shell-blocks.ts'

/**
 * Does what a page says: writes the files that it shows (blocks after a line that ends in a name and a colon), and runs its shell blocks.
 *
 * @param page path of the Markdown file from the root of the repository
 * @param folder working folder, which may be empty
 * @param program the module that `npx facekp` runs
 * @returns what the commands printed to stdout
 * @throws Error the first command that fails, with its output
 */
export async function runTutorial(page: string, folder: string, program: string): Promise<string> {
  const text = readFileSync(fileURLToPath(new URL(`../../${page}`, import.meta.url)), 'utf8')
  for (const [, file = '', code = ''] of text.matchAll(/`([\w.-]+)`:\n\n```\w+\n(.*?)```/gs)) {
    writeFileSync(join(folder, file), code)
  }
  return runShellBlocks(listShellBlocks(page).filter(isRun), folder, program)
}
