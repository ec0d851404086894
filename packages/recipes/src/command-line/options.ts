import { BACKEND_NAMES, type BackendName } from '@facekp/backend'
import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { listModels, type ModelName } from '@facekp/models'
import * as z from 'zod'
import type { CommandOption } from './parse-command-line.ts'

const BACKENDS: readonly (BackendName | 'auto')[] = ['auto', ...BACKEND_NAMES]

/** The networks that take any size and number of keypoints. */
const ARCHITECTURES = listModels()
  .filter(({ supportedOptions }) => supportedOptions.includes('inputSize') && supportedOptions.includes('numKeypoints'))
  .map(({ name }) => name)

const choice = <Name extends string>(names: readonly Name[]): z.ZodType<Name, string> =>
  z.enum(names as readonly [Name, ...Name[]], { error: `one of ${names.join(', ')}` }) as unknown as z.ZodType<
    Name,
    string
  >

const text: CommandOption<z.ZodOptional<z.ZodString>>['schema'] = z.string().optional()
const flag = (): z.ZodDefault<z.ZodBoolean> => z.boolean().default(false)

/** Creates the schema of a whole number of at least `min` on a command line. */
export function wholeNumber(min: number): z.ZodType<number, string> {
  checkArgument(KINDS.number, min, 'min', 'wholeNumber')
  const error = `a whole number of at least ${min}`
  return z
    .string()
    .regex(/^-?\d+$/, { error, abort: true })
    .transform(Number)
    .refine((value) => value >= min && Number.isSafeInteger(value), { error })
}

/** Creates the option `--recipe`. */
export function recipeOption<Name extends string>(
  names: readonly Name[],
  fallback: NoInfer<Name>,
): { readonly recipe: CommandOption<z.ZodType<Name>> } {
  checkArgument(KINDS.strings, names, 'names', 'recipeOption')
  checkArgument(KINDS.string, fallback, 'fallback', 'recipeOption')
  const help = `${names.join(' or ')} (default: ${fallback})`
  return { recipe: { schema: choice(names).default(fallback), value: 'NAME', help } }
}

/** Creates an option whose value is one of a few names. */
export function choiceOption<Name extends string>(
  names: readonly Name[],
  fallback: NoInfer<Name>,
  help: string,
): CommandOption<z.ZodType<Name>> {
  checkArgument(KINDS.strings, names, 'names', 'choiceOption')
  checkArgument(KINDS.string, fallback, 'fallback', 'choiceOption')
  checkArgument(KINDS.string, help, 'help', 'choiceOption')
  return { schema: choice(names).default(fallback), value: 'NAME', help }
}

/** Options of every program that trains. */
export const trainOptions: {
  readonly data: CommandOption<z.ZodType<string | undefined>>
  readonly epochs: CommandOption<z.ZodType<number | undefined>>
  readonly seed: CommandOption<z.ZodType<number>>
  readonly backend: CommandOption<z.ZodType<BackendName | 'auto'>>
  readonly override: CommandOption<z.ZodType<string[]>>
  readonly out: CommandOption<z.ZodType<string | undefined>>
  readonly overwrite: CommandOption<z.ZodType<boolean>>
  readonly resume: CommandOption<z.ZodType<boolean>>
} = {
  data: { schema: text, value: 'DIR', help: 'folder of the dataset (default: in $FACEKP_DATA or ../shared/data)' },
  epochs: { schema: wholeNumber(1).optional(), value: 'N', help: "default: the recipe's" },
  seed: { schema: wholeNumber(0).default(1), value: 'N', help: 'default: 1' },
  backend: choiceOption(BACKENDS, 'auto', BACKENDS.join(', ')),
  override: {
    schema: z.array(z.string()).default([]),
    value: 'K=V',
    help: 'sets a value of the recipe, such as loss.kind=wing; may be repeated',
  },
  out: { schema: text, value: 'DIR', help: 'folder of the run (default: in runs/)' },
  overwrite: { schema: flag(), help: 'replaces the run in that folder' },
  resume: { schema: flag(), help: 'continues the run in that folder' },
}

/** Options that change the network. */
export const networkOptions: {
  readonly arch: CommandOption<z.ZodType<ModelName | undefined>>
  readonly antialias: CommandOption<z.ZodType<boolean>>
  readonly size: CommandOption<z.ZodType<number | undefined>>
} = {
  arch: {
    schema: choice(ARCHITECTURES).optional(),
    value: 'NAME',
    help: `${ARCHITECTURES.join(', ')} (default: the recipe's)`,
  },
  antialias: { schema: flag(), help: "blurs before each stride (the course's recipe does, without --arch)" },
  size: {
    schema: wholeNumber(32).optional(),
    value: 'N',
    help: "side of the network's input, in pixels (default: the recipe's)",
  },
}

/** Options of long runs. */
export const longRunOptions: {
  readonly weights: CommandOption<z.ZodType<string | undefined>>
  readonly timeLimit: CommandOption<z.ZodType<number | undefined>>
} = {
  weights: {
    schema: text,
    value: 'W',
    help: 'begins with a file, an address or a name such as torchvision/resnet50.imagenet1k_v1',
  },
  timeLimit: { schema: wholeNumber(1).optional(), value: 'MIN', help: 'stops at a checkpoint after this many minutes' },
}
