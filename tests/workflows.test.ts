import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { parse } from 'yaml'

const FOLDER = fileURLToPath(new URL('../.github/workflows/', import.meta.url))

test.each(readdirSync(FOLDER))(
  '%s takes actions by commit, no long-lived token and no more permissions than named',
  (file) => {
    const text = readFileSync(`${FOLDER}${file}`, 'utf8')
    const actions = [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action as string)
    expect(actions.length).toBeGreaterThan(0)
    expect(actions.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(action))).toEqual([])
    const secrets = [...text.matchAll(/secrets\.(\w+)/g)].map(([, secret]) => secret)
    expect(secrets.filter((secret) => secret !== 'GITHUB_TOKEN')).toEqual([])
    expect(text).toMatch(/^permissions:( \{\}|\n {2}contents: read)$/m)
  },
)

test('only the job that publishes gets an identity of npm, and no job sets a token', () => {
  const jobs = readdirSync(FOLDER).flatMap((file) => {
    const workflow = parse(readFileSync(`${FOLDER}${file}`, 'utf8'))
    return Object.entries(workflow.jobs).map(([name, job]) => ({ name: `${file} ${name}`, job: job as Job }))
  })
  const hasIdentity = jobs.filter(({ job }) => job.permissions?.['id-token'] === 'write')
  // The page of the documentation is published by the identity of the repository too.
  expect(hasIdentity.map(({ name }) => name)).toEqual(['docs.yml deploy', 'release.yml publish'])
  const variables = jobs.flatMap(({ job }) => [job, ...job.steps].flatMap(({ env = {} }) => Object.keys(env)))
  expect(variables.filter((name) => /TOKEN|AUTH/.test(name))).toEqual(['GITHUB_TOKEN'])
  const publish = jobs.find(({ name }) => name === 'release.yml publish')?.job.steps
  expect(publish).toContainEqual(
    expect.objectContaining({ run: 'pnpm release', env: expect.objectContaining({ NPM_CONFIG_PROVENANCE: true }) }),
  )
})

interface Step {
  readonly run?: string
  readonly env?: Readonly<Record<string, unknown>>
}

interface Job extends Step {
  readonly permissions?: Readonly<Record<string, string>>
  readonly steps: readonly Step[]
}
