import { isDeepStrictEqual } from 'node:util'
import { FacekpError } from '@facekp/core'
import { type NewFile, writeFiles } from '@facekp/files'
import type { LandmarkerModel } from '@facekp/landmarker'
import { type Command, Option } from 'commander'
import { checkOutput } from '../check-output.ts'
import type { CommandContext, CommandResult } from '../command-context.ts'
import { defineCommand } from '../define-command.ts'
import { addBackendOption, type BackendFlags, resolveFolder, resolveModel, withBackend } from '../use-landmarker.ts'

const FORMATS = ['onnx', 'tfjs', 'landmarker'] as const

interface ExportFlags extends BackendFlags {
  readonly json?: boolean
  readonly to: (typeof FORMATS)[number]
  readonly out: string
  readonly overwrite?: boolean
}

/** Adds the command that writes a landmarker for another program. */
export function defineExport(program: Command, context: CommandContext): void {
  const command = defineCommand(program, {
    usage: 'export <model>',
    description:
      'Write a landmarker as one ONNX file, its network as a TensorFlow.js model, or a copy of its folder; checks that the result is the same',
    example: 'facekp export my-landmarker --to onnx --out my-landmarker.onnx',
  })
  addBackendOption(command)
    .addOption(new Option('--to <format>', 'what to write').choices(FORMATS).makeOptionMandatory())
    .requiredOption('--out <path>', 'file of onnx, folder of tfjs and landmarker')
    .option('--overwrite', 'replace what is there')
    .action(async (model: string, flags: ExportFlags) => context.report(flags, await exportModel(model, flags)))
}

async function exportModel(model: string, flags: ExportFlags): Promise<CommandResult> {
  const { to: format, out } = flags
  await checkOutput(out, { kind: format === 'onnx' ? 'file' : 'folder', ...flags })
  if (format === 'onnx') await exportToOnnx(await resolveModel(model), flags)
  else {
    const { checkLandmarkerFolder, readLandmarkerModel } = await import('@facekp/landmarker/node')
    if (format === 'landmarker') await checkLandmarkerFolder(out)
    const source = await resolveFolder(model)
    const content = await readLandmarkerModel(source)
    await (format === 'tfjs' ? exportNetwork(content, source, out) : copyLandmarker(content, out))
  }
  return { text: `written and checked: ${out} (${format})`, json: { path: out, format, isChecked: true } }
}

async function exportToOnnx(source: string, flags: ExportFlags): Promise<void> {
  const { exportLandmarker } = await import('@facekp/landmarker/onnx')
  await withBackend(flags, () => exportLandmarker(source, { path: flags.out, check: true }))
}

/** Writes the files of a network, whose SHA-256 was checked when they were read. */
async function exportNetwork({ predictor, files = {} }: LandmarkerModel, file: string, out: string): Promise<void> {
  if (predictor.kind !== 'network') {
    throw new FacekpError({
      code: 'EXPORT_NETWORK',
      file,
      problem: 'the landmarker has no network of its own',
      expected: 'a trained network for --to tfjs; for others --to onnx or --to landmarker',
      received: `predictor ${predictor.kind}`,
    })
  }
  const { weights, model } = predictor.network
  async function* createFiles(): AsyncGenerator<NewFile> {
    // The model comes last: it names the weights.
    for (const path of [weights, model]) yield { path, content: files[path] as Uint8Array }
  }
  await writeFiles(out, createFiles(), 'OUTPUT_NOT_WRITTEN')
}

async function copyLandmarker(content: LandmarkerModel, out: string): Promise<void> {
  const { readLandmarkerModel, saveLandmarker } = await import('@facekp/landmarker/node')
  await saveLandmarker(content, out)
  const copy = await readLandmarkerModel(out)
  if (isDeepStrictEqual(copy.scheme, content.scheme) && copy.predictor.kind === content.predictor.kind) return
  throw new FacekpError({ code: 'OUTPUT_NOT_WRITTEN', file: out, problem: 'the copy differs from the landmarker' })
}
