import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import ts from 'typescript'

const PACKAGES = fileURLToPath(new URL('../packages', import.meta.url))

/** The only arrows allowed between packages, as docs/architecture.md draws them. */
const ARROWS: Record<string, readonly string[]> = {
  core: [],
  augment: ['core'],
  progress: ['core'],
  download: ['core', 'progress'],
  image: ['core'],
  weights: ['core', 'download'],
  gradients: [],
  backend: ['core', 'gradients', 'backend-onnx'],
  'backend-onnx': ['core', 'gradients'],
  blurpool: ['core'],
  'data-ibug': ['core', 'image', 'download'],
  'data-imm': ['core', 'image', 'download'],
  'data-synthetic': ['core', 'image'],
  metrics: ['core'],
  models: ['core', 'blurpool', 'weights'],
  trainer: ['core', 'metrics', 'progress'],
  viz: ['core', 'image', 'metrics'],
}

/** Packages that run in Node only; the others' main entry must run in a browser. */
const NODE_ONLY = ['progress', 'download', 'viz', 'backend-onnx']

/** Packages that may know TensorFlow.js. */
const TENSORFLOW = ['gradients', 'backend', 'backend-onnx', 'blurpool', 'models', 'trainer']

interface Manifest {
  readonly dependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
}

const manifestOf = (name: string): Manifest => JSON.parse(readFileSync(join(PACKAGES, name, 'package.json'), 'utf8'))

function sourcesOf(name: string): string[] {
  return readdirSync(join(PACKAGES, name, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => join(PACKAGES, name, 'src', file))
}

function importsOf(file: string): string[] {
  return ts.preProcessFile(readFileSync(file, 'utf8'), true, true).importedFiles.map(({ fileName }) => fileName)
}

/** `@scope/name` or `name` of an import such as `@scope/name/sub`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

const isBuiltin = (specifier: string): boolean =>
  specifier.startsWith('node:') || builtinModules.includes(specifier.split('/')[0] as string)

/** A package's main entry and all of its own files that are loaded with it. */
function loadedByMain(name: string): string[] {
  const found = new Set<string>()
  const visit = (file: string): void => {
    if (found.has(file)) return
    found.add(file)
    for (const specifier of staticImportsOf(file)) {
      if (specifier.startsWith('.')) visit(resolve(file, '..', specifier))
    }
  }
  visit(join(PACKAGES, name, 'src', 'index.ts'))
  return [...found]
}

/** Imports that are loaded at once: neither of types alone nor `import()`. */
function staticImportsOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022)
  return source.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return []
    if (ts.isImportDeclaration(statement) ? statement.importClause?.isTypeOnly : statement.isTypeOnly) return []
    const specifier = statement.moduleSpecifier
    return specifier && ts.isStringLiteral(specifier) ? [specifier.text] : []
  })
}

test('every package has its arrows drawn here', () => {
  expect(readdirSync(PACKAGES).sort()).toEqual(Object.keys(ARROWS).sort())
})

describe.each(Object.keys(ARROWS))('%s', (name) => {
  const imports = sourcesOf(name).flatMap((file) => importsOf(file).map((specifier) => ({ file, specifier })))
  const outside = imports.filter(({ specifier }) => !specifier.startsWith('.') && !isBuiltin(specifier))

  test('imports no package but those it may', () => {
    const allowed = (ARROWS[name] as string[]).map((other) => `@facekp/${other}`)
    const strange = outside.filter(
      ({ specifier }) => specifier.startsWith('@facekp/') && !allowed.includes(packageOf(specifier)),
    )
    expect(strange).toEqual([])
  })

  test('reaches another package through its name only, never through its folder', () => {
    const inside = `${join(PACKAGES, name)}/`
    const strange = imports.filter(
      ({ file, specifier }) => specifier.startsWith('.') && !resolve(file, '..', specifier).startsWith(inside),
    )
    expect(strange).toEqual([])
  })

  test('declares what it imports, and no dependency that it does not use', () => {
    const { dependencies, optionalDependencies, peerDependencies } = manifestOf(name)
    const declared = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })
    expect(outside.filter(({ specifier }) => !declared.includes(packageOf(specifier)))).toEqual([])
    const text = sourcesOf(name)
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n')
    const used = (dependency: string): boolean => text.includes(`'${dependency}'`) || text.includes(`'${dependency}/`)
    expect(Object.keys(dependencies ?? {}).filter((dependency) => !used(dependency))).toEqual([])
  })

  if (!TENSORFLOW.includes(name)) {
    test('knows nothing of TensorFlow.js', () => {
      expect(outside.filter(({ specifier }) => specifier.startsWith('@tensorflow/'))).toEqual([])
    })
  }

  if (!NODE_ONLY.includes(name)) {
    test('its main entry loads in a browser: no module of Node', () => {
      const strange = loadedByMain(name).flatMap((file) =>
        staticImportsOf(file)
          .filter((specifier) => isBuiltin(specifier) || specifier.endsWith('/node'))
          .map((specifier) => `${file}: ${specifier}`),
      )
      expect(strange).toEqual([])
    })
  }

  test('its entries are explicit lists of names', () => {
    for (const entry of sourcesOf(name).filter((file) => /src\/(index|node)\.ts$/.test(file))) {
      const source = ts.createSourceFile(entry, readFileSync(entry, 'utf8'), ts.ScriptTarget.ES2022)
      const other = source.statements.filter(
        (statement) => !(ts.isExportDeclaration(statement) && statement.exportClause && statement.moduleSpecifier),
      )
      expect(other.map((statement) => statement.getText(source))).toEqual([])
    }
  })
})
