import { Command, Help } from 'commander'
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

/** Least width of a column of descriptions: those beside the long names of commands in a terminal of 80 columns are wrapped. */
const MIN_COLUMN = 20

/** Creates the parser of the command line. It throws a `CommanderError` instead of ending the process. */
export function createProgram(context: CommandContext): Command {
  const { stdout, stderr } = context
  const program = new Command('facekp')
    .description('Facial keypoints: check labels, train, measure, and find points in photographs')
    .version(manifest.version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureHelp({ minWidthToWrap: MIN_COLUMN, subcommandTerm: formatUsage, formatItem })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
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

/** Formats a name and its description: beside each other, or in narrow terminals below each other. */
function formatItem(term: string, termWidth: number, description: string, help: Help): string {
  const width = help.helpWidth ?? 80
  if (width - termWidth - 4 >= MIN_COLUMN) {
    return Help.prototype.formatItem.call(help, term, termWidth, description, help)
  }
  const indent = '\n      '
  return `  ${term}${indent}${help.boxWrap(description, width - 6).replaceAll('\n', indent)}`
}
