import { Command } from 'commander'
import manifest from '../../package.json' with { type: 'json' }
import type { CommandContext } from './command-context.ts'
import { defineCheck } from './commands/check.ts'
import { defineCompare } from './commands/compare.ts'
import { defineConvert } from './commands/convert.ts'
import { defineDescribe } from './commands/describe.ts'
import { defineDoctor } from './commands/doctor.ts'
import { defineEval } from './commands/eval.ts'
import { defineExport } from './commands/export.ts'
import { defineFit } from './commands/fit.ts'
import { defineInit } from './commands/init.ts'
import { defineMerge } from './commands/merge.ts'
import { definePredict } from './commands/predict.ts'
import { defineStudio } from './commands/studio.ts'
import { defineSweep } from './commands/sweep.ts'
import { defineTrain } from './commands/train.ts'
import { defineWorker } from './commands/worker.ts'

/** Creates the parser of the command line. It throws a `CommanderError` instead of ending the process. */
export function createProgram(context: CommandContext): Command {
  const { stdout, stderr } = context
  const program = new Command('facekp')
    .description('Facial keypoints: check labels, train, measure, and find points in photographs')
    .version(manifest.version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    // Columns are wrapped from this width, also beside the long names of commands in a terminal of 80 columns.
    .configureHelp({ minWidthToWrap: 20, subcommandTerm: formatUsage })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      getOutHasColors: () => hasColors(stdout),
      getErrHasColors: () => hasColors(stderr),
    })
  defineInit(program, context)
  defineCheck(program, context)
  defineConvert(program, context)
  defineFit(program, context)
  defineTrain(program, context)
  defineSweep(program, context)
  defineEval(program, context)
  definePredict(program, context)
  defineMerge(program, context)
  defineExport(program, context)
  defineCompare(program, context)
  defineDescribe(program, context)
  defineWorker(program, context)
  defineDoctor(program, context)
  defineStudio(program, context)
  return program
}

/** Returns the name and the arguments of a command, as the list of commands shows them. */
function formatUsage(command: Command): string {
  const usages = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`
    return argument.required ? `<${name}>` : `[${name}]`
  })
  return [command.name(), ...usages].join(' ')
}

/** Tests whether a stream is a terminal that shows colors; `NO_COLOR` forbids them. */
function hasColors(stream: NodeJS.WritableStream): boolean {
  return (stream as Partial<NodeJS.WriteStream>).hasColors?.() === true
}
