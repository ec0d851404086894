import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet'
import { Job } from 'kubernetes-models/batch/v1/Job'
import { Service } from 'kubernetes-models/v1/Service'
import { parse, parseAllDocuments } from 'yaml'
import { requirement, testIf } from './support/require.ts'

// The files in deploy/: their schemas, their shell, and that the commands in them exist.
const at = (path: string): string => fileURLToPath(new URL(`../deploy/${path}`, import.meta.url))
const read = (path: string): string => readFileSync(at(path), 'utf8')

/** Models whose `validate` checks an object against the JSON schema of Kubernetes. */
// biome-ignore lint/suspicious/noExplicitAny: the files are not typed
const KINDS: Readonly<Record<string, new (data: any) => { validate(): void }>> = {
  Deployment,
  Job,
  Service,
  StatefulSet,
}

// biome-ignore lint/suspicious/noExplicitAny: the files are not typed
const readManifests = (path: string): any[] => parseAllDocuments(read(path)).map((document) => document.toJS())

describe.each([
  ['kubernetes/predict-job.yaml', ['Job']],
  ['kubernetes/workers.yaml', ['Service', 'StatefulSet', 'Deployment']],
])('%s', (path, kinds) => {
  const manifests = readManifests(path)

  test('follows the schema of Kubernetes', () => {
    expect(manifests.map(({ kind }) => kind)).toEqual(kinds)
    for (const manifest of manifests) {
      const Kind = KINDS[manifest.kind] as (typeof KINDS)[string]
      expect(() => new Kind(manifest).validate()).not.toThrow()
    }
  })

  test('a misspelled field does not follow it', () => {
    const broken = structuredClone(manifests.at(-1))
    broken.spec.template.spec.contaniers = []
    delete broken.spec.template.spec.containers
    const Kind = KINDS[broken.kind] as (typeof KINDS)[string]
    expect(() => new Kind(broken).validate()).toThrow()
  })
})

test('the job of Kubernetes has as many parts as its command says', () => {
  const [{ spec }] = readManifests('kubernetes/predict-job.yaml')
  const [{ args }] = spec.template.spec.containers
  expect(args[0]).toContain(`--shard auto/${spec.completions} `)
  expect(spec.completionMode).toBe('Indexed')
})

test('evictions do not use up the attempts of a part', () => {
  const [{ spec }] = readManifests('kubernetes/predict-job.yaml')
  const [eviction, ...others] = spec.podFailurePolicy.rules
  // The first rule that matches counts, whatever the exit code of the evicted program was.
  expect(eviction).toEqual({ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] })
  expect(others.map(({ action }: { readonly action: string }) => action)).toEqual(['FailIndex'])
})

test('compose has Redis that writes to its disk, with a password, and workers', () => {
  const { services } = parse(read('compose.yaml'))
  expect(Object.keys(services)).toEqual(['redis', 'worker'])
  expect(services.redis.command.join(' ')).toMatch(/--appendonly yes .*--requirepass \$\{REDIS_PASSWORD:\?/)
  expect(services.redis.ports).toEqual(['127.0.0.1:6379:6379'])
  expect(services.worker.command.slice(0, 2)).toEqual(['worker', '--redis'])
  expect(existsSync(at(services.worker.build.dockerfile))).toBe(true)
})

test('the container installs the command and the queue, and does not run as root', () => {
  const text = read('Containerfile')
  expect(text).toMatch(/npm install --global facekp@\S+ @facekp\/jobs-bullmq@/)
  expect(text).toMatch(/^USER node$/m)
  expect(text).toMatch(/^ENTRYPOINT \["facekp"\]$/m)
})

test('the command and the queue have one version, which the container installs of both', () => {
  expect(read('Containerfile').match(/\$\{FACEKP_VERSION\}/g)).toHaveLength(2)
  const { fixed } = JSON.parse(read('../.changeset/config.json'))
  expect(fixed).toContainEqual(['facekp', '@facekp/jobs-bullmq'])
  const [command, queue] = ['facekp', 'jobs-bullmq'].map(
    (name) => JSON.parse(read(`../packages/${name}/package.json`)).version,
  )
  expect(queue).toBe(command)
})

const SHELLCHECK = '/usr/bin/shellcheck'
const hasShellcheck = existsSync(SHELLCHECK)
if (!hasShellcheck && requirement('shellcheck')) throw new Error(`FACEKP_REQUIRE: expected ShellCheck at ${SHELLCHECK}`)

testIf(hasShellcheck, 'shellcheck')('ShellCheck finds nothing in the script of Slurm', () => {
  expect(() => execFileSync(SHELLCHECK, [at('slurm/predict.sh')])).not.toThrow()
})

test('the script of Slurm predicts the part of its task, and refuses missing arguments', () => {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-deploy-'))
  try {
    // Stands in for the command, and prints its arguments.
    writeFileSync(join(folder, 'facekp'), '#!/bin/sh\necho "$@"\n')
    chmodSync(join(folder, 'facekp'), 0o755)
    const options = {
      encoding: 'utf8',
      env: { ...env, PATH: `${folder}:${env['PATH']}`, SLURM_ARRAY_TASK_ID: '3' },
    } as const
    const out = join(folder, 'my out')
    const run = spawnSync('bash', [at('slurm/predict.sh'), 'mesh-468', 'my photos', out], options)
    expect(run.stdout.trim()).toBe(`predict mesh-468 my photos --shard auto --out ${out}/points-3.jsonl`)
    expect(existsSync(out)).toBe(true)
    expect(spawnSync('bash', [at('slurm/predict.sh')], options).status).toBe(2)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
