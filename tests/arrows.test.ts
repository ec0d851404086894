import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import ts from 'typescript'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** The packages that users install, and the packages of the suite that each may import; docs/architecture.md shows them. */
const PUBLIC: Record<string, readonly string[]> = {
  core: [],
  augment: ['core', 'options'],
  image: ['core', 'base64', 'files', 'options'],
  weights: ['core', 'download', 'files', 'options'],
  backend: ['core', 'backend-onnx', 'base64', 'gradients', 'options', 'tfjs-utils'],
  'backend-onnx': ['core', 'files', 'gradients', 'options', 'tfjs-utils'],
  blurpool: ['core', 'options'],
  'data-formats': ['core', 'image', 'files', 'options'],
  'data-ibug': ['core', 'image', 'data-formats', 'download', 'files', 'options'],
  'data-imm': ['core', 'image', 'download', 'files', 'options'],
  'data-synthetic': ['core', 'image', 'files', 'options'],
  detector: ['core', 'graph', 'options'],
  landmarker: [
    'core',
    'backend-onnx',
    'detector',
    'image',
    'metrics',
    'models',
    'base64',
    'event-loop',
    'files',
    'graph',
    'options',
    'tfjs-utils',
  ],
  facekp: [
    'core',
    'augment',
    'backend',
    'backend-onnx',
    'blurpool',
    'data-formats',
    'data-ibug',
    'data-imm',
    'data-synthetic',
    'detector',
    'image',
    'jobs',
    'jobs-bullmq',
    'landmarker',
    'metrics',
    'models',
    'recipes',
    'trainer',
    'viz',
    'weights',
    'download',
    'files',
    'id-set',
    'options',
    'progress',
  ],
  jobs: ['core', 'files', 'id-set', 'options'],
  'jobs-bullmq': ['core', 'jobs', 'options'],
  metrics: ['core', 'options'],
  models: ['core', 'blurpool', 'weights', 'files', 'options', 'tfjs-utils'],
  recipes: [
    'core',
    'image',
    'augment',
    'metrics',
    'data-ibug',
    'data-imm',
    'data-synthetic',
    'blurpool',
    'models',
    'landmarker',
    'backend',
    'jobs',
    'trainer',
    'viz',
    'event-loop',
    'files',
    'options',
    'progress',
  ],
  trainer: ['core', 'metrics', 'weights', 'event-loop', 'files', 'gradients', 'options', 'progress', 'tfjs-utils'],
  viz: ['core', 'image', 'metrics', 'files', 'options'],
}

/** The private packages, which are bundled into the public ones that import them, and the packages that each may import. */
const INTERNAL: Record<string, readonly string[]> = {
  base64: [],
  download: ['core', 'files', 'options', 'progress'],
  files: ['core'],
  gradients: [],
  'event-loop': [],
  'id-set': [],
  graph: ['core', 'base64', 'event-loop'],
  options: ['core'],
  progress: ['core'],
  'tfjs-utils': ['core', 'options'],
}

/** Packages that run in Node only; the main entry of every other package must load in a browser. */
const NODE_ONLY = ['download', 'files', 'id-set', 'jobs', 'jobs-bullmq', 'progress', 'viz', 'backend-onnx']

/** Packages that may import TensorFlow.js. */
const TENSORFLOW = [
  'gradients',
  'graph',
  'tfjs-utils',
  'backend',
  'backend-onnx',
  'blurpool',
  'detector',
  'landmarker',
  'models',
  'trainer',
  'recipes',
]

const ARROWS: Record<string, readonly string[]> = { ...PUBLIC, ...INTERNAL }

interface Manifest {
  readonly exports?: Record<string, { '@facekp/source'?: string }>
  readonly private?: boolean
  readonly dependencies?: Record<string, string>
  readonly devDependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
}

interface Import {
  readonly file: string
  readonly specifier: string
}

const folders: Record<string, string> = Object.fromEntries([
  ...Object.keys(PUBLIC).map((name) => [name, join(ROOT, 'packages', name)]),
  ...Object.keys(INTERNAL).map((name) => [name, join(ROOT, 'internal', name)]),
])

const getFolder = (name: string): string => folders[name] as string

function readManifest(name: string): Manifest {
  return JSON.parse(readFileSync(join(getFolder(name), 'package.json'), 'utf8'))
}

function listSources(name: string): string[] {
  const source = join(getFolder(name), 'src')
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => join(source, file))
}

/** Lists the specifiers of all imports and exports of a file: of values, of types and by `import()`. */
function listImports(file: string): string[] {
  const cached = importsByFile.get(file)
  if (cached) return cached
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true)
  const specifiers = importedFiles.map(({ fileName }) => fileName)
  importsByFile.set(file, specifiers)
  return specifiers
}

const importsByFile = new Map<string, string[]>()

/** Lists the imports of a package that leave it: other packages and Node's modules. */
function listOutsideImports(name: string): Import[] {
  return listSources(name).flatMap((file) =>
    listImports(file)
      .filter((specifier) => !specifier.startsWith('.'))
      .map((specifier) => ({ file, specifier })),
  )
}

/** Lists the imports that are loaded at once: neither of types alone nor by `import()`. */
function listStaticImports(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022)
  return source.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return []
    const isType = ts.isImportDeclaration(statement) ? statement.importClause?.isTypeOnly : statement.isTypeOnly
    const specifier = statement.moduleSpecifier
    return !isType && specifier && ts.isStringLiteral(specifier) ? [specifier.text] : []
  })
}

/** Lists a package's main entry and all of its own files that are loaded with it. */
function listFilesOfMain(name: string): string[] {
  const visited = new Set<string>()
  const visit = (file: string): void => {
    if (visited.has(file)) return
    visited.add(file)
    for (const specifier of listStaticImports(file)) {
      if (specifier.startsWith('.')) visit(resolve(file, '..', specifier))
    }
  }
  visit(join(getFolder(name), readManifest(name).exports?.['.']?.['@facekp/source'] ?? 'src/index.ts'))
  return [...visited]
}

/** Gives `@scope/name` or `name` of a specifier such as `@scope/name/sub`. */
function getPackageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

const isBuiltin = (specifier: string): boolean =>
  specifier.startsWith('node:') || builtinModules.includes(specifier.split('/')[0] as string)

const isSuite = (specifier: string): boolean => specifier.startsWith('@facekp/')

/** Gives `core` of `@facekp/core/node`. */
const getShortName = (specifier: string): string => getPackageName(specifier).slice('@facekp/'.length)

/** Lists the private packages that are bundled into a package: those that it imports and those that they import. */
function listBundled(name: string): string[] {
  const direct = listOutsideImports(name)
    .map(({ specifier }) => specifier)
    .filter((specifier) => isSuite(specifier) && getShortName(specifier) in INTERNAL)
    .map(getShortName)
  return [...new Set(direct.flatMap((bundled) => [bundled, ...listBundled(bundled)]))]
}

/** Finds the circles of relative imports within a package, each as `a.ts -> b.ts -> a.ts`. */
function findCircles(name: string): string[] {
  const source = join(getFolder(name), 'src')
  const circles: string[] = []
  const finished = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file)
    if (start >= 0) {
      circles.push([...path.slice(start), file].map((member) => relative(source, member)).join(' -> '))
      return
    }
    if (finished.has(file)) return
    for (const specifier of listImports(file)) {
      const target = resolve(file, '..', specifier)
      if (specifier.startsWith('.') && target.endsWith('.ts')) visit(target, [...path, file])
    }
    finished.add(file)
  }
  for (const file of listSources(name)) visit(file, [])
  return circles
}

test.each([
  ['packages', PUBLIC],
  ['internal', INTERNAL],
])('every package in %s has its arrows above', (folder, arrows) => {
  const names = readdirSync(join(ROOT, folder)).filter((name) => existsSync(join(ROOT, folder, name, 'package.json')))
  expect(names.sort()).toEqual(Object.keys(arrows).sort())
})

describe.each(Object.keys(ARROWS))('%s', (name) => {
  const outside = listOutsideImports(name)
  const bundled = listBundled(name)

  test('imports only the packages of the suite that its arrows allow', () => {
    const allowed = ARROWS[name] as readonly string[]
    const violations = outside.filter(
      ({ specifier }) => isSuite(specifier) && !allowed.includes(getShortName(specifier)),
    )
    expect(violations).toEqual([])
  })

  test('imports another package by its name, never by its folder', () => {
    const inside = `${getFolder(name)}/`
    const violations = listSources(name).flatMap((file) =>
      listImports(file).filter(
        (specifier) => specifier.startsWith('.') && !resolve(file, '..', specifier).startsWith(inside),
      ),
    )
    expect(violations).toEqual([])
  })

  test('declares what it imports, and no dependency that it does not use', () => {
    const { dependencies = {}, devDependencies = {}, optionalDependencies, peerDependencies } = readManifest(name)
    const installed = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })
    // A private package is bundled into a public one, which must not ask users to install it.
    const isPrivate = name in INTERNAL
    const declared = isPrivate ? installed : [...installed, ...bundled.map((other) => `@facekp/${other}`)]
    const imported = outside.map(({ specifier }) => specifier).filter((specifier) => !isBuiltin(specifier))
    expect(imported.filter((specifier) => !declared.includes(getPackageName(specifier)))).toEqual([])

    const used = [name, ...bundled].flatMap((member) => listOutsideImports(member)).map(({ specifier }) => specifier)
    const usedNames = used.map(getPackageName)
    const text = listSources(name)
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n')
    // A package may install the peers of the packages that it uses.
    const peers = new Set(
      usedNames
        .filter((other) => isSuite(other) && getShortName(other) in PUBLIC)
        .flatMap((other) => Object.keys(readManifest(getShortName(other)).peerDependencies ?? {})),
    )
    // Some modules are named in a string and imported when they are needed.
    const isUsed = (dependency: string): boolean =>
      usedNames.includes(dependency) ||
      peers.has(dependency) ||
      text.includes(`'${dependency}'`) ||
      text.includes(`'${dependency}/`)
    expect(Object.keys(dependencies).filter((dependency) => !isUsed(dependency))).toEqual([])
    const bundledDevDependencies = Object.keys(devDependencies).filter((other) => getShortName(other) in INTERNAL)
    expect(bundledDevDependencies.filter((other) => !isUsed(other))).toEqual([])
  })

  if (name in PUBLIC) {
    test('has the dependencies of the private packages that are bundled into it', () => {
      const { dependencies, devDependencies, peerDependencies } = readManifest(name)
      for (const other of bundled) {
        const required = readManifest(other)
        const isPublic = ([dependency]: [string, string]): boolean => !(getShortName(dependency) in INTERNAL)
        expect(dependencies ?? {}).toMatchObject(
          Object.fromEntries(Object.entries(required.dependencies ?? {}).filter(isPublic)),
        )
        expect(peerDependencies ?? {}).toMatchObject(required.peerDependencies ?? {})
      }
      const direct = outside.map(({ specifier }) => specifier).filter((specifier) => isSuite(specifier))
      for (const specifier of direct.filter((other) => getShortName(other) in INTERNAL)) {
        expect(devDependencies).toHaveProperty([getPackageName(specifier)], 'workspace:^')
      }
    })
  } else {
    test('is private', () => {
      expect(readManifest(name).private).toBe(true)
    })
  }

  if (!TENSORFLOW.includes(name)) {
    test('does not import TensorFlow.js', () => {
      expect(outside.filter(({ specifier }) => specifier.startsWith('@tensorflow/'))).toEqual([])
    })
  }

  if (!NODE_ONLY.includes(name)) {
    test('its main entry loads in a browser', () => {
      const needsNode = (specifier: string): boolean =>
        isBuiltin(specifier) ||
        specifier.endsWith('/node') ||
        (isSuite(specifier) && NODE_ONLY.includes(getShortName(specifier)))
      const violations = listFilesOfMain(name).flatMap((file) =>
        listStaticImports(file)
          .filter(needsNode)
          .map((specifier) => `${file}: ${specifier}`),
      )
      expect(violations).toEqual([])
    })
  }

  test('its entries are explicit lists of names', () => {
    for (const entry of listSources(name).filter((file) => /src\/(index|node)\.ts$/.test(file))) {
      const source = ts.createSourceFile(entry, readFileSync(entry, 'utf8'), ts.ScriptTarget.ES2022)
      const other = source.statements.filter(
        (statement) => !(ts.isExportDeclaration(statement) && statement.exportClause && statement.moduleSpecifier),
      )
      expect(other.map((statement) => statement.getText(source))).toEqual([])
    }
  })

  test('has no circle of imports', () => {
    expect(findCircles(name)).toEqual([])
  })
})
