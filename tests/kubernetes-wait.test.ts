import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { text } from 'node:stream/consumers'
import { expect } from '@jest/globals'
import { startJobServer } from './support/job-server.ts'
import { requirement, testIf } from './support/require.ts'

const KUBECTL = '/usr/bin/kubectl'
const hasKubectl = existsSync(KUBECTL)
if (!hasKubectl && requirement('kubectl')) throw new Error(`FACEKP_REQUIRE: expected kubectl at ${KUBECTL}`)

const page = readFileSync(new URL('../docs/deploy.md', import.meta.url), 'utf8')
const commands = page.match(/^kubectl wait .*$/gm)?.join(' && ') ?? ''

testIf(hasKubectl, 'kubectl').each([
  ['Complete', 0],
  ['Failed', 1],
] as const)(
  'the documented commands wait until a job is %s, and exit with %i',
  async (outcome, code) => {
    const server = await startJobServer('facekp-predict', outcome)
    const home = mkdtempSync(join(tmpdir(), 'facekp-kubectl-'))
    try {
      const start = performance.now()
      const shell = spawn('bash', ['-c', `kubectl() { "${KUBECTL}" --server="$SERVER" "$@"; }; ${commands}`], {
        env: { ...env, HOME: home, KUBECONFIG: join(home, 'none'), SERVER: server.url },
        timeout: 60_000,
      })
      const [output, [status]] = await Promise.all([text(shell.stdout), once(shell, 'exit')])
      expect(output).toContain('job.batch/facekp-predict condition met')
      expect(performance.now() - start).toBeGreaterThan(500)
      expect(status).toBe(code)
    } finally {
      server.close()
      rmSync(home, { recursive: true })
    }
  },
  120_000,
)
