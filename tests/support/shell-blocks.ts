import { execFile, execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

/** A block of shell commands on a page. */
export interface ShellBlock {
  /** Path of the page from the root of the repository. */
  readonly page: string
  readonly code: string
}

/** Why blocks with a command are not run. */
interface Exception {
  readonly command: RegExp
  readonly reason: string
}

/** All shell blocks that no test runs as they stand: those with one of these commands. */
export const NOT_RUN: readonly Exception[] = [
  { command: /^(\w+=\w+ )?npm (install|init)\b/m, reason: 'downloads packages' },
  { command: /^npx --yes pnpm@/m, reason: 'installs, builds, tests or trains in a clone of the repository' },
  { command: /^pnpm /m, reason: 'builds, serves or trains for hours in a clone of the repository' },
  { command: /^npx esbuild /m, reason: 'tests/browser/bundlers.test.ts builds these files and opens them in Chromium' },
  { command: /^npx facekp studio$/m, reason: 'serves until Ctrl-C; start-server.test.ts of package facekp' },
  { command: /facekp train /, reason: 'trains for minutes to hours; train.test.ts of package facekp' },
  { command: /^facekp sweep /m, reason: 'trains 60 times; sweep.test.ts of package facekp' },
  { command: /facekp worker /, reason: 'needs Redis; tests/jobs/' },
  { command: /^sbatch /m, reason: 'needs Slurm; tests/slurm.test.ts' },
  { command: /^podman |^docker /m, reason: 'needs containers; tests/deploy.test.ts' },
  { command: /^kubectl /m, reason: 'needs Kubernetes; tests/deploy.test.ts, tests/kubernetes-wait.test.ts' },
  { command: /\bffmpeg /, reason: 'needs ffmpeg; list-frames.test.ts of package facekp' },
]

/** Lists the shell blocks of all pages, or of one page. */
export function listShellBlocks(...pages: readonly string[]): ShellBlock[] {
  const patterns = pages.length > 0 ? pages : ['*.md', ':!*CHANGELOG.md', ':!.changeset']
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns]
  const files = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).split('\n').filter(Boolean)
  return files.flatMap((page) => {
    const text = readFileSync(join(ROOT, page), 'utf8')
    return [...text.matchAll(/^```(?:sh|bash|shell|console)\b[^\n]*\n(.*?)^```/gms)].map(([, code = '']) => ({
      page,
      code,
    }))
  })
}

/** Returns whether tests run a block. */
export function isRun({ code }: ShellBlock): boolean {
  return !NOT_RUN.some(({ command }) => command.test(code))
}

/**
 * Runs blocks one after another as they stand.
 *
 * @param folder working folder
 * @param program the module that `facekp` and `npx facekp` run
 * @returns what the commands printed to stdout
 * @throws Error the first command that fails, with its output
 */
export async function runShellBlocks(blocks: readonly ShellBlock[], folder: string, program: string): Promise<string> {
  const script = [
    'set -eu',
    `facekp() { "${process.execPath}" "${program}" "$@"; }`,
    'npx() { "$@"; }',
    ...blocks.map(({ code }) => code),
  ].join('\n')
  const { stdout } = await run('bash', ['-c', script], { cwd: folder, maxBuffer: 2 ** 26 })
  return stdout
}
