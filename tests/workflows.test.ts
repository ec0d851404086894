import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

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
