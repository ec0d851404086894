/**
 * Checks all packages as users will get them: publint and arethetypeswrong over the tarballs that pnpm packs, which have
 * `publishConfig.exports` in place of the workspace's own. One process checks all of them, since the checks load slowly.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkPackage, createPackageFromTarballData, type Problem } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** How packages for ES modules alone are not imported. */
const IGNORED_RESOLUTIONS = ['node10', 'node16-cjs']

const folder = mkdtempSync(join(tmpdir(), 'facekp-pack-'))
try {
  execFileSync('pnpm', ['--recursive', '--filter', './packages/**', 'pack', '--pack-destination', folder], {
    cwd: ROOT,
    stdio: 'ignore',
  })
  const tarballs = readdirSync(folder)
  const count = readdirSync(join(ROOT, 'packages')).length
  if (tarballs.length !== count) throw new Error(`expected ${count} tarballs, received ${tarballs.length}`)
  for (const name of tarballs) {
    const problems = await checkTarball(readFileSync(join(folder, name)))
    console.log(problems.length === 0 ? `${name}: right` : `${name}:\n  ${problems.join('\n  ')}`)
    if (problems.length > 0) process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true })
}

/** Lists what is wrong with a packed package. */
async function checkTarball(bytes: Buffer): Promise<string[]> {
  const tarball = new Uint8Array(bytes)
  const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer }, strict: true })
  const errors = messages.filter(({ type }) => type === 'error')
  const { types, ...analysis } = await checkPackage(createPackageFromTarballData(tarball))
  const problems = types && 'problems' in analysis ? (analysis.problems as readonly Problem[]) : []
  return [
    ...errors.map(
      (message) => formatMessage(message, pkg as Record<string, unknown>, { color: false }) ?? message.code,
    ),
    ...(types ? [] : ['no types']),
    ...problems
      .filter((problem) => !('resolutionKind' in problem && IGNORED_RESOLUTIONS.includes(problem.resolutionKind)))
      .map((problem) => JSON.stringify(problem)),
  ]
}
