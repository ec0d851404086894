import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Does what a page says: writes the files that it shows (blocks after a line that ends in a name and a colon), and runs its commands
 * (blocks `sh` that are not marked `no-run`) one after the other.
 *
 * @param page path of the Markdown file
 * @param folder working folder, which may be empty
 * @param program the module that `npx facekp` runs
 * @returns what the commands printed to stdout
 * @throws Error the first command that fails, with its output
 */
export async function runTutorial(page: string, folder: string, program: string): Promise<string> {
  const text = readFileSync(page, 'utf8')
  for (const [, file = '', code = ''] of text.matchAll(/`([\w.-]+)`:\n\n```\w+\n(.*?)```/gs)) {
    writeFileSync(join(folder, file), code)
  }
  const commands = [...text.matchAll(/^```sh\n(.*?)^```/gms)].map(([, code]) => code)
  const npx = `npx() { [ "$1" = facekp ] && "${process.execPath}" "${program}" "\${@:2}"; }`
  const script = ['set -eu', npx, ...commands].join('\n')
  const { stdout } = await run('bash', ['-c', script], { cwd: folder, maxBuffer: 2 ** 26 })
  return stdout
}
