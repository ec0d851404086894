import type { KeypointScheme } from '@facekp/core'
import type { LandmarkerModel } from '@facekp/landmarker'
import { formatCount } from '@facekp/options'
import type { Command } from 'commander'
import type { CommandContext, CommandResult } from '../command-context.ts'
import { defineCommand } from '../define-command.ts'
import {
  addBackendOption,
  type BackendFlags,
  isReadyLandmarker,
  resolveModel,
  withBackend,
  withLandmarker,
} from '../use-landmarker.ts'

interface DescribeFlags extends BackendFlags {
  readonly json?: boolean
}

/** Adds the command that describes a landmarker. */
export function defineDescribe(program: Command, context: CommandContext): void {
  const command = defineCommand(program, {
    usage: 'describe <model>',
    description: 'Describe a landmarker: its points, errors and license, and the layers of its network',
    example: 'facekp describe my-landmarker',
  })
  addBackendOption(command).action(async (model: string, flags: DescribeFlags) =>
    context.report(
      flags,
      await ((await isReadyLandmarker(model)) ? describeReady : describe)(await resolveModel(model), flags),
    ),
  )
}

/** Describes a landmarker that needs no training. */
async function describeReady(model: string, flags: DescribeFlags): Promise<CommandResult> {
  const scheme = await withLandmarker(model, flags, async (landmarker) => landmarker.scheme)
  const facts = { license: 'Apache-2.0', data: 'photographs that Google has not published' }
  return {
    text: [`${model}: ready, ${formatPoints(scheme)}`, `license: ${facts.license}`, `data: ${facts.data}`].join('\n'),
    json: { kind: 'ready', scheme, ...facts },
  }
}

async function describe(folder: string, flags: DescribeFlags): Promise<CommandResult> {
  const { readLandmarkerModel } = await import('@facekp/landmarker/node')
  const content = await readLandmarkerModel(folder)
  const { scheme, predictor, metrics, versions, license, data } = content
  const network = predictor.kind === 'network' ? await describeNetwork(content, flags) : undefined
  return {
    text: [
      `${folder}: ${predictor.kind}, ${formatPoints(scheme)}`,
      `error: ${metrics.errorPx.toFixed(2)} px on ${formatCount(metrics.images, 'face')} (${metrics.source})`,
      `license: ${license ?? 'not stated'}`,
      `data: ${data ?? 'not stated'}`,
      `saved by @facekp/landmarker ${versions.landmarker}, TensorFlow.js ${versions.tfjs}`,
      ...(network ? ['', network.text] : []),
    ].join('\n'),
    json: { path: folder, kind: predictor.kind, scheme, metrics, versions, license, data, layers: network?.layers },
  }
}

function formatPoints({ name, pointNames }: KeypointScheme): string {
  return `${formatCount(pointNames.length, 'point')} of scheme ${name}\npoints: ${pointNames.join(', ')}`
}

async function describeNetwork({ predictor, files = {} }: LandmarkerModel, flags: DescribeFlags) {
  return withBackend(flags, async () => {
    const { describeModel, readModel } = await import('@facekp/models')
    const { model, weights } = (predictor as Extract<typeof predictor, { kind: 'network' }>).network
    const network = await readModel(files[model] as Uint8Array, async () => files[weights] as Uint8Array, model)
    try {
      return describeModel(network)
    } finally {
      network.dispose()
    }
  })
}
