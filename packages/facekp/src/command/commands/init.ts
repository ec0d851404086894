import { existsSync } from 'node:fs'
import { FacekpError, type KeypointScheme } from '@facekp/core'
import { writeFileAtomic } from '@facekp/files'
import type { Command } from 'commander'
import { checkOutput } from '../check-output.ts'
import type { CommandContext, CommandResult } from '../command-context.ts'
import { readData } from '../data-options.ts'
import { defineCommand } from '../define-command.ts'
import { parseText } from '../parse-text.ts'
import type { Project } from '../project.ts'
import { PROJECT_FILE } from '../project-file.ts'
import { usageError } from '../usage-error.ts'

interface InitFlags {
  readonly json?: boolean
  readonly images?: string
  readonly points?: string[]
  readonly flipPairs?: string[]
  readonly normalizationPair?: string
  readonly license?: string
  readonly source?: string
  readonly overwrite?: boolean
}

/** Adds the command that writes `facekp.json`. */
export function defineInit(program: Command, context: CommandContext): void {
  defineCommand(program, {
    usage: 'init [data]',
    description: `Write ${PROJECT_FILE}, from which check, fit and train take labels, points and license; asks on a terminal`,
    example: 'facekp init annotations.xml --license CC-BY-4.0',
  })
    .option('--images <folder>', 'folder of the images (default: that of the labels)')
    .option('--points <names...>', 'names of the points (default: those of the labels)')
    .option('--flip-pairs <left=right...>', 'points that a horizontal flip exchanges (default: by their names)')
    .option('--normalization-pair <first=second>', 'points whose distance errors are divided by, such as eye corners')
    .option('--license <text>', 'license of landmarkers that are fitted', parseText)
    .option('--source <text>', 'source, owner and license of the images', parseText)
    .option('--overwrite', `replace ${PROJECT_FILE}`)
    .action(async (data: string | undefined, flags: InitFlags) => {
      context.report(flags, await init(data, flags, context))
    })
}

async function init(path: string | undefined, flags: InitFlags, { stdin }: CommandContext): Promise<CommandResult> {
  await checkOutput(PROJECT_FILE, flags)
  const isTerminal = (stdin as Partial<NodeJS.ReadStream>).isTTY === true
  if (path === undefined && !isTerminal) throw usageError('[data]', 'the labels, if there is no terminal to ask on')
  const { data, ...answers } = path === undefined ? await askProject(flags) : { data: path, ...flags }
  const { points, flipPairs, normalizationPair } = await readPoints(data, { ...flags, images: answers.images })
  checkExists('[data]', data)
  if (answers.images) checkExists('--images', answers.images)
  const project: Project = {
    $schema: './node_modules/facekp/facekp.schema.json',
    data,
    ...(answers.images ? { images: answers.images } : {}),
    points,
    flipPairs,
    ...(normalizationPair ? { normalizationPair } : {}),
    ...(answers.license ? { license: answers.license } : {}),
    ...(answers.source ? { source: answers.source } : {}),
  }
  const { createScheme } = await import('../project.ts')
  createScheme(project)
  await writeFileAtomic(PROJECT_FILE, `${JSON.stringify(project, undefined, 2)}\n`, 'OUTPUT_NOT_WRITTEN')
  const pairs = flipPairs.map((pair) => pair.join(' = '))
  return {
    text: [
      `points: ${points.join(', ')}`,
      `flip pairs: ${pairs.join(', ') || 'none'}`,
      `written: ${PROJECT_FILE}; now facekp check, then facekp fit or facekp train`,
    ].join('\n'),
    json: { path: PROJECT_FILE, ...project },
  }
}

function checkExists(option: string, path: string): void {
  if (!existsSync(path)) throw usageError(option, 'a file or folder that exists', path)
}

/** Takes points and flip pairs from options, or from the labels. */
async function readPoints(
  data: string,
  {
    images,
    points,
    flipPairs,
    normalizationPair,
  }: Pick<InitFlags, 'points' | 'flipPairs' | 'normalizationPair'> & Pick<Project, 'images'>,
): Promise<Pick<Project, 'points' | 'flipPairs' | 'normalizationPair'>> {
  const inferred = points === undefined ? await readScheme(data, images) : await inferScheme(points)
  const { pointNames } = inferred
  const namePair = ([first, second]: readonly [number, number]): [string, string] => [
    pointNames[first] as string,
    pointNames[second] as string,
  ]
  const pair = inferred.normalizationPair && namePair(inferred.normalizationPair)
  return {
    points: pointNames,
    flipPairs:
      flipPairs?.map((text) => parsePair('--flip-pairs', text, pointNames)) ?? inferred.flipPairs.map(namePair),
    normalizationPair:
      normalizationPair === undefined ? pair : parsePair('--normalization-pair', normalizationPair, pointNames),
  }
}

type NamedPoints = Pick<KeypointScheme, 'pointNames' | 'flipPairs' | 'normalizationPair'>

async function readScheme(data: string, images: string | undefined): Promise<NamedPoints> {
  const { scheme } = await readData(data, { ...(images ? { images } : {}) }, { missingImages: 'keep' })
  return scheme
}

/** Infers the pairs of named points, of which the labels may have more or fewer. */
async function inferScheme(pointNames: readonly string[]): Promise<NamedPoints> {
  const { inferFlipPairs } = await import('@facekp/data-formats')
  return { pointNames, flipPairs: inferFlipPairs(pointNames).flipPairs }
}

function parsePair(option: string, text: string, points: readonly string[]): [string, string] {
  const [left, right, ...others] = text.split('=')
  if (!left || !right || others.length > 0) throw usageError(option, 'a pair such as "left eye=right eye"', text)
  const unknown = [left, right].find((name) => !points.includes(name))
  if (unknown !== undefined) throw usageError(option, `a pair of ${points.join(', ')}`, unknown)
  return [left, right]
}

async function askProject(flags: InitFlags): Promise<Pick<Project, 'data' | 'images' | 'license' | 'source'>> {
  const { isCancel, text } = await import('@clack/prompts')
  const ask = async (message: string, placeholder: string, isNeeded = false): Promise<string> => {
    const answer = await text({
      message,
      placeholder,
      output: process.stderr,
      ...(isNeeded && { validate: (value?: string) => (value ? undefined : 'Expected a path.') }),
    })
    if (!isCancel(answer)) return answer ?? ''
    throw new FacekpError({ code: 'INIT_CANCELED', problem: 'nothing was written', expected: 'an answer, or options' })
  }
  return {
    data: await ask('File or folder of the labels', 'annotations.xml', true),
    images: flags.images ?? (await ask('Folder of the images', 'that of the labels')),
    license: flags.license ?? (await ask('License of landmarkers that you fit', 'CC-BY-4.0')),
    source: flags.source ?? (await ask('Source, owner and license of the images', 'own photographs')),
  }
}
