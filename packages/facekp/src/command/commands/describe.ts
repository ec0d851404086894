import type { LandmarkerModel } from '@facekp/landmarker'
import { formatCount } from '@facekp/options'
import type { Command } from 'commander'
import type { CommandContext, CommandResult } from '../command-context.ts'
import { defineCommand } from '../define-command.ts'
import { addBackendOption, type BackendFlags, resolveFolder, withBackend } from '../use-landmarker.ts'

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
    context.report(flags, await describe(await resolveFolder(model), flags)),
  )
}

async function describe(folder: string, flags: DescribeFlags): Promise<CommandResult> {
  const { readLandmarkerModel } = await import('@facekp/landmarker/node')
  const content = await readLandmarkerModel(folder)
  const { scheme, predictor, metrics, versions, license, data } = content
  const network = predictor.kind === 'network' ? await describeNetwork(content, flags) : undefined
  return {
    text: [
      `${folder}: ${predictor.kind}, ${formatCount(scheme.pointNames.length, 'point')} of scheme ${scheme.name}`,
      `points: ${scheme.pointNames.join(', ')}`,
      `error: ${metrics.errorPx.toFixed(2)} px on ${formatCount(metrics.images, 'face')} (${metrics.source})`,
      `license: ${license ?? 'not stated'}`,
      `data: ${data ?? 'not stated'}`,
      `saved by @facekp/landmarker ${versions.landmarker}, TensorFlow.js ${versions.tfjs}`,
      ...(network ? ['', network.text] : []),
    ].join('\n'),
    json: { path: folder, kind: predictor.kind, scheme, metrics, versions, license, data, layers: network?.layers },
  }
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
