import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import ts from 'typescript'

// What a README shows must hold against the types. It may use names that it leaves to the reader (`model`, `faces`).
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const LEFT_TO_THE_READER = [
  2304, // Cannot find name
  2552, // ... did you mean
  18004, // No value for the shorthand property
  7006, // A parameter of a callback within such a name
]

const readmes = [
  // The root's README uses packages as an example does.
  { readme: join(ROOT, 'README.md'), folder: join(ROOT, 'examples') },
  ...readdirSync(join(ROOT, 'packages')).map((name) => {
    const folder = join(ROOT, 'packages', name)
    return { readme: join(folder, 'README.md'), folder }
  }),
]

const blocks = new Map(
  readmes.flatMap(({ readme, folder }) =>
    [...readFileSync(readme, 'utf8').matchAll(/^```ts\n(.*?)^```/gms)].map(([, code], i): [string, string] => [
      join(folder, `readme-${i + 1}.ts`),
      `${code}\nexport {}\n`,
    ]),
  ),
)

test('every README has code', () => {
  for (const { readme, folder } of readmes) {
    expect(existsSync(readme)).toBe(true)
    expect([...blocks.keys()].some((file) => dirname(file) === folder)).toBe(true)
  }
})

test('the code of every README fits the types', () => {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT)
  const host = ts.createCompilerHost(options)
  const program = ts.createProgram({
    rootNames: [...blocks.keys()],
    options: { ...options, isolatedDeclarations: false, declaration: false, noUnusedLocals: false },
    host: {
      ...host,
      fileExists: (file) => blocks.has(file) || host.fileExists(file),
      readFile: (file) => blocks.get(file) ?? host.readFile(file),
      getSourceFile: (file, target, ...rest) => {
        const code = blocks.get(file)
        return code === undefined
          ? host.getSourceFile(file, target, ...rest)
          : ts.createSourceFile(file, code, target, true)
      },
    },
  })
  const problems = [...blocks.keys()].flatMap((file) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(file))
      .filter(({ code }) => !LEFT_TO_THE_READER.includes(code))
      .map(({ messageText }) => `${file}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`),
  )
  expect(problems).toEqual([])
})
