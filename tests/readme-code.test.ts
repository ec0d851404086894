import { execFile, execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import ts from 'typescript'
import { writeReadmeFiles } from './support/readme-files.ts'
import { bundlePrograms } from './support/typescript-program.ts'

// Each ```ts block of a README or a page of docs/ is a complete program: it must type-check as it stands and run when pasted. A block that needs the
// network or a browser is marked ```ts no-run and is only type-checked.
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const run = promisify(execFile)

interface Block {
  readonly file: string
  readonly code: string
  readonly isRun: boolean
}

interface Readme {
  readonly name: string
  readonly blocks: readonly Block[]
}

const readmes: Readme[] = [
  // Every package can be imported from the folder of the tests.
  parseReadme('README.md', 'tests'),
  ...readdirSync(join(ROOT, 'packages')).map((name) => parseReadme(join('packages', name, 'README.md'), 'tests')),
]
const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'docs/*.md'], {
  cwd: ROOT,
  encoding: 'utf8',
})
const documents: Readme[] = [
  ...readmes,
  ...pages
    .split('\n')
    .filter(Boolean)
    .map((name) => parseReadme(name, 'tests')),
]
const blocks = documents.flatMap((document) => document.blocks)

test.each(readmes)('$name has an example', ({ name, blocks: ownBlocks }) => {
  expect(existsSync(join(ROOT, name))).toBe(true)
  expect(ownBlocks.length).toBeGreaterThan(0)
})

test('every page with an installation names the packages that its blocks import', () => {
  const installs = documents.map(({ name }) => findUninstalled(name))
  expect(installs.filter((packages) => packages !== undefined).length).toBeGreaterThan(20)
  expect(installs.flatMap((packages) => packages ?? [])).toEqual([])
})

test('every README lists the codes of the errors that its package throws', () => {
  const codes = readdirSync(join(ROOT, 'packages')).map((name) => findUnlistedCodes(name))
  expect(codes.filter(({ thrown }) => thrown > 0).length).toBeGreaterThan(15)
  expect(codes.flatMap(({ unlisted }) => unlisted)).toEqual([])
})

test('every file and folder that a page names exists', () => {
  const pages = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' }).split('\n').filter(Boolean)
  expect(pages.length).toBeGreaterThan(20)
  expect(pages.flatMap((page) => findMissingPaths(page))).toEqual([])
})

test('every block of every README and page type-checks as it stands', () => {
  const sources = new Map(blocks.map(({ file, code }) => [file, `${code}\nexport {}\n`]))
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT)
  const host = ts.createCompilerHost(options)
  const program = ts.createProgram({
    rootNames: [...sources.keys()],
    options: { ...options, isolatedDeclarations: false, declaration: false, noUnusedLocals: false },
    host: {
      ...host,
      fileExists: (file) => sources.has(file) || host.fileExists(file),
      readFile: (file) => sources.get(file) ?? host.readFile(file),
      getSourceFile: (file, target, ...rest) => {
        const code = sources.get(file)
        return code === undefined
          ? host.getSourceFile(file, target, ...rest)
          : ts.createSourceFile(file, code, target, true)
      },
    },
  })
  const problems = blocks.flatMap(({ file }) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(file))
      .map(({ messageText }) => `${relative(ROOT, file)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`),
  )
  expect(problems).toEqual([])
})

describe('pasted into a folder with the data that they name', () => {
  let folder = ''
  let runBlocks: readonly string[] = []
  const nameFile = ({ file }: Block): string => relative(ROOT, file).replaceAll(/[\\/]/g, '-')

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'facekp-readme-'))
    linkPackages(folder)
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    const program = join(folder, 'run.ts')
    writeFileSync(program, 'for (const file of process.argv.slice(2)) await import(file)\nprocess.exit(0)\nexport {}\n')
    await writeReadmeFiles(folder)
    const files = blocks
      .filter(({ isRun }) => isRun)
      .map((block) => {
        const file = join(folder, nameFile(block))
        writeFileSync(file, `${block.code}\nexport {}\n`)
        return file
      })
    // A block writes a module of threads, which imports this.
    const imported = fileURLToPath(import.meta.resolve('@facekp/data-imm/node'))
    const { nodeOptions, locate } = bundlePrograms([program, ...files, imported], join(folder, 'bundles'))
    runBlocks = [...nodeOptions, locate(pathToFileURL(program))]
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each(documents.filter((document) => document.blocks.some(({ isRun }) => isRun)))(
    'the blocks of $name run',
    async ({ blocks: ownBlocks }) => {
      const files = ownBlocks.filter(({ isRun }) => isRun).map((block) => `./${nameFile(block)}`)
      await run(process.execPath, [...runBlocks, ...files], { cwd: folder, maxBuffer: 2 ** 26 })
    },
  )
})

/**
 * Finds the packages of facekp and TensorFlow.js that blocks of a page import, and neither its commands `npm install` nor the text below the first
 * one name; undefined if the page has no such command.
 */
function findUninstalled(page: string): string[] | undefined {
  const text = readFileSync(join(ROOT, page), 'utf8')
  const commands = [...text.matchAll(/^(?:\w+=\w+ )?npm install (.+)$/gm)].map(([, packages]) => packages)
  if (commands.length === 0) return undefined
  const [, install, rest = ''] = text.split(/^```\w*\n(.*?npm install .*?)^```$/ms)
  const named = new Set([...commands, install, rest.split(/^(?:##|```)/m)[0]].join(' ').match(/@[\w-]+\/[\w-]+/g))
  const blocks = [...text.matchAll(/^```(?:ts|js|jsx)\b.*?\n(.*?)^```/gms)].map(([, code]) => code as string)
  const imports = blocks.flatMap((code) => [...code.matchAll(/(?:from|import) '(@(?:facekp|tensorflow)\/[\w-]+)/g)])
  const missing = new Set(imports.map(([, name]) => name as string).filter((name) => !named.has(name)))
  return [...missing].map((name) => `${page}: ${name}`)
}

/** Finds the codes of a package's errors that its README does not name. `ARGUMENT` is described by core. */
function findUnlistedCodes(name: string): { readonly thrown: number; readonly unlisted: readonly string[] } {
  const folder = join(ROOT, 'packages', name)
  const files = readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' })
  const sources = files.filter((file) => /(?<!\.test)\.tsx?$/.test(file)).map((file) => join(folder, 'src', file))
  const fields = sources.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^(?! *\*).*\bcode: (.+)/gm)])
  const codes = new Set(
    fields.flatMap(([, value]) => (value as string).match(/(?<=')[A-Z]+(?:_[A-Z0-9]+)*(?=')/g) ?? []),
  )
  if (name !== 'core') codes.delete('ARGUMENT')
  const readme = readFileSync(join(folder, 'README.md'), 'utf8')
  const unlisted = [...codes].filter((code) => !readme.includes(`\`${code}\``))
  return { thrown: codes.size, unlisted: unlisted.map((code) => `${name}: ${code}`) }
}

/** Finds the relative links of a page, and its paths in backticks from the root or the folder of the page, that lead nowhere. */
function findMissingPaths(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8').replaceAll(/^```.*?^```/gms, '')
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => join(dirname(page), path as string))
  const quoted = [...text.matchAll(/`((?:packages|internal|examples|benchmarks|tests|scripts|docs)\/[\w./-]*)`/g)]
  const sources = [...text.matchAll(/`(src\/[\w./-]+)`/g)]
  const paths = [
    ...links,
    // NAME stands for any name.
    ...quoted.map(([, path]) => (path as string).split('NAME')[0] as string),
    ...(page.startsWith('packages/') ? sources.map(([, path]) => join(dirname(page), path as string)) : []),
  ]
  const exists = (path: string): boolean => existsSync(join(ROOT, path.endsWith('-') ? dirname(path) : path))
  return paths.filter((path) => !exists(path)).map((path) => `${page}: ${path}`)
}

function parseReadme(name: string, folder: string): Readme {
  const path = join(ROOT, name)
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const matches = [...text.matchAll(/^```ts( no-run)?\n(.*?)^```/gms)]
  return {
    name,
    blocks: matches.map(([, noRun, code], index) => ({
      file: join(ROOT, folder, `${name.replaceAll(/[\\/]/g, '-')}-${index + 1}.ts`),
      code: code as string,
      isRun: noRun === undefined,
    })),
  }
}

/** Lays out node_modules as an install would: the packages, and what the examples depend on. */
function linkPackages(folder: string): void {
  const modules = join(ROOT, 'tests', 'node_modules')
  for (const name of readdirSync(modules).filter((entry) => !entry.startsWith('.'))) {
    const names = name.startsWith('@') ? readdirSync(join(modules, name)).map((sub) => join(name, sub)) : [name]
    for (const dependency of names) {
      const target = join(folder, 'node_modules', dependency)
      mkdirSync(dirname(target), { recursive: true })
      symlinkSync(join(modules, dependency), target)
    }
  }
}
